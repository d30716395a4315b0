#include "http/request_reader.hpp"

#include "support/mutation.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

/// All that a reader says about this text.
std::string told_by(gantry::http::request_reader& reader, const std::string& text) {
  const auto made = reader.read(text);
  if (!made)
    return "refused: " + std::to_string(static_cast<int>(made.error().code)) + made.error().detail;
  std::string all = std::to_string(made->consumed);
  const auto* head = reader.head();
  if (!head)
    return all;
  for (const auto text_of_line : {head->method(), head->target()})
    all.append(" ").append(text_of_line);
  for (const bool each : {head->is_head(), head->is_http_1_0(), head->is_chunked(),
                          head->has_body(), head->expects_continue(), head->keep_alive()})
    all += each ? " yes" : " no";
  all += std::to_string(head->content_length().value_or(0));
  head->visit_fields([&](std::string_view name, std::string_view value) {
    all.append("\n").append(name).append(": ").append(value);
  });
  return all;
}

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

BOOST_AUTO_TEST_CASE(repeated_fields_are_not_parsed_again) {
  gantry::http::request_reader reader{limits};
  const std::string fields = " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n";
  const auto host_of = [&](const std::string& line) {
    reader.start_over();
    const auto made = reader.read(line + fields + "rest");
    BOOST_REQUIRE(made.has_value());
    BOOST_TEST(made->consumed == line.size() + fields.size());
    return reader.head()->find("Host").value().data();
  };
  const auto* const first = host_of("GET /v2/");
  BOOST_TEST(static_cast<const void*>(host_of("HEAD /v2/a")) == static_cast<const void*>(first));
  BOOST_TEST(reader.head()->method() == "HEAD");
  BOOST_TEST(reader.head()->is_head());
  BOOST_TEST(reader.head()->target() == "/v2/a");
  BOOST_TEST(reader.head()->find("Authorization").value() == "Bearer x");
  BOOST_TEST(static_cast<const void*>(host_of("GET /")) == static_cast<const void*>(first));
}

// What came before on the connection must not matter.
BOOST_AUTO_TEST_CASE(a_request_is_read_as_on_a_new_connection) {
  gantry::test::mutator damage;
  const std::vector<std::string> lines{"GET /", "HEAD /v2/a", "PUT http://a:1/", "PUT http:///",
                                       "GET /" + std::string(1100, 'a')};
  const std::vector<std::string> rests{
    " HTTP/1.1\r\nHost: a\r\n\r\n", " HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
    " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
    " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX: " + std::string(2100, 'x') + "\r\n\r\n"};
  for (std::size_t round = 0; round < 6000; ++round) {
    const auto before = lines[round % 3] + rests[round % rests.size()];
    auto text = lines[round / 3 % lines.size()] + rests[round / 7 % rests.size()];
    if (round % 5 == 0)
      text = damage(text);
    gantry::http::request_reader used{limits};
    BOOST_REQUIRE(used.read(before).has_value());
    used.start_over();
    gantry::http::request_reader fresh{limits};
    if (told_by(used, text) != told_by(fresh, text))
      BOOST_ERROR("after " << before << " this is read in another way: " << text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
