// Which recorded exchange answers a request.
#include "replay/player.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace gantry::replay;

namespace {

recorded exchange(std::string method, std::string target, std::string body) {
  return {.method = std::move(method),
          .target = std::move(target),
          .status = 200,
          .body = std::move(body)};
}

/// HEAD a, GET a, GET b, GET a.
std::vector<recorded> session() {
  return {exchange("HEAD", "/a", ""), exchange("GET", "/a", "first"), exchange("GET", "/b", "b"),
          exchange("GET", "/a", "second")};
}

/// The body of the answer, or what was expected.
std::string ask(player& from, std::string_view method, std::string_view target) {
  const auto found = from.next(method, target);
  return found.exchange ? found.exchange->body : "expected " + found.expected;
}

} // namespace

BOOST_AUTO_TEST_SUITE(player)

using gantry::replay::player;

BOOST_AUTO_TEST_CASE(a_strict_session_is_asked_in_its_order) {
  player strict{session(), order::strict};
  BOOST_TEST(ask(strict, "HEAD", "/a") == "");
  BOOST_TEST(ask(strict, "GET", "/b") == "expected GET /a, number 2 of 4");
  BOOST_TEST(ask(strict, "GET", "/a") == "first"); // the refusal changed nothing
  BOOST_TEST(ask(strict, "GET", "/b") == "b");
  BOOST_TEST(ask(strict, "GET", "/a") == "second");
  BOOST_TEST(ask(strict, "GET", "/a") == "expected none: all 4 recorded requests were asked");
}

BOOST_AUTO_TEST_CASE(a_loose_session_answers_equal_requests_in_order_and_repeats_the_last) {
  player loose{session(), order::loose};
  BOOST_TEST(ask(loose, "GET", "/b") == "b");
  BOOST_TEST(ask(loose, "GET", "/a") == "first");
  BOOST_TEST(ask(loose, "GET", "/a") == "second");
  BOOST_TEST(ask(loose, "GET", "/a") == "second");
  BOOST_TEST(ask(loose, "GET", "/c") == "expected HEAD /a");
  BOOST_TEST(ask(loose, "HEAD", "/a") == "");
  BOOST_TEST(ask(loose, "GET", "/c") == "expected none: all recorded requests were asked");
}

BOOST_AUTO_TEST_CASE(a_long_list_of_what_is_missing_is_cut) {
  auto long_session = session();
  long_session.push_back(exchange("GET", "/d", ""));
  player loose{std::move(long_session), order::loose};
  BOOST_TEST(ask(loose, "GET", "/c") == "expected HEAD /a, GET /a, GET /b and 2 more");
}

BOOST_AUTO_TEST_CASE(a_session_can_begin_anew) {
  for (const auto kept : {order::strict, order::loose}) {
    player again{session(), kept};
    ask(again, "HEAD", "/a");
    BOOST_TEST(ask(again, "GET", "/a") == "first");
    again.rewind();
    ask(again, "HEAD", "/a");
    BOOST_TEST(ask(again, "GET", "/a") == "first");
  }
}

BOOST_AUTO_TEST_SUITE_END()
