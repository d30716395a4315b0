#include "http/request_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using namespace gantry::http;

namespace {

constexpr head_limits limits{8192, 1024};

/// Feeds `bytes` in pieces of `step`; what is consumed is taken off, as a connection does.
struct fed {
  fed(std::string bytes, std::size_t step) : unread{std::move(bytes)} {
    for (std::size_t came = std::min(step, unread.size());;
         came = std::min(came + step, unread.size())) {
      auto made = reader.read(std::string_view{unread}.substr(0, came));
      if (!made) {
        refused = made.error();
        return;
      }
      unread.erase(0, made->consumed);
      came -= made->consumed;
      is_complete = made->is_complete;
      if (is_complete || came == unread.size())
        return;
    }
  }

  request_reader reader{limits};
  std::string unread;
  std::optional<refusal> refused;
  bool is_complete = false;
};

} // namespace

BOOST_AUTO_TEST_SUITE(request_reader)

BOOST_AUTO_TEST_CASE(a_head_is_found_behind_empty_lines_and_in_front_of_a_body) {
  const std::string head = "PUT /v2/ HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n";
  for (std::size_t step = 1; step < head.size() + 10; ++step) {
    const fed one{"\r\n\r\n" + head + "body", step};
    BOOST_TEST(one.is_complete);
    BOOST_REQUIRE(one.reader.head());
    BOOST_TEST(one.reader.head()->method() == "PUT");
    BOOST_TEST(one.reader.head()->content_length().value() == 4u);
    BOOST_TEST(one.unread == "body");
  }
}

BOOST_AUTO_TEST_CASE(a_part_of_a_head_is_no_head) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t size = 0; size < head.size(); ++size) {
    const fed one{head.substr(0, size), 3};
    BOOST_TEST(!one.is_complete);
    BOOST_TEST(!one.refused.has_value());
    BOOST_TEST(one.reader.head() == nullptr);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_a_request_is_refused_by_its_reason) {
  const auto code = [](const std::string& bytes) {
    const fed one{bytes, 64};
    BOOST_REQUIRE(one.refused.has_value());
    return one.refused->code;
  };
  BOOST_CHECK(code("\x16\x03\x01") == refusal_code::malformed);
  BOOST_CHECK(code("GET / HTTP/1.1\r\n\r\n") == refusal_code::malformed);
  BOOST_CHECK(code("GET /" + std::string(1024, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") ==
              refusal_code::target_too_long);
  BOOST_CHECK(code("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'a')) ==
              refusal_code::head_too_large);
  BOOST_CHECK(code("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Encoding: gzip"
                   "\r\n\r\n") == refusal_code::content_encoding_unsupported);
}

BOOST_AUTO_TEST_SUITE_END()
