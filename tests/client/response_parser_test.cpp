#include "client/response_parser.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <string_view>

namespace client = gantry::client;
namespace http = boost::beast::http;
using client::body_use;

namespace {

/// Parses `text` in steps of `step` bytes. Returns the unconsumed rest.
std::string parse(client::response_parser& parser, const std::string& text, std::size_t step,
                  client::error_code& ec) {
  std::string unread;
  for (std::size_t at = 0; at < text.size(); at += step) {
    unread += text.substr(at, step);
    for (std::size_t used = 1; used > 0 && !unread.empty() && !ec && !parser.is_done();) {
      used = parser.put(boost::asio::buffer(unread.data(), unread.size()), ec);
      unread.erase(0, used);
    }
  }
  return unread;
}

struct framed {
  const char* name;
  const char* text;
};

std::ostream& operator<<(std::ostream& out, const framed& value) {
  return out << value.name;
}

const framed complete[] = {
  {"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
  {"chunks",
   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"},
};

const framed bodiless[] = {
  {"204", "HTTP/1.1 204 No Content\r\n\r\n"},
  {"304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"},
  {"empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
};

} // namespace

namespace {

struct seen final : client::response_observer {
  void on_field(std::string_view name, std::string_view value) override {
    fields.append(name).append("=").append(value).append(";");
  }
  void on_body(std::string_view bytes) override { body += bytes; }

  std::string fields;
  std::string body;
};

} // namespace

BOOST_AUTO_TEST_SUITE(response_parser)

BOOST_AUTO_TEST_CASE(an_observer_sees_all_fields_and_the_decoded_body) {
  seen all;
  client::response into;
  client::response_parser parser{into, body_use::drop, false, &all};
  client::error_code ec;
  parse(parser,
        "HTTP/1.1 200 OK\r\nX-Own: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
        7, ec);
  BOOST_TEST(parser.is_done());
  BOOST_TEST(all.fields == "X-Own=a;Transfer-Encoding=chunked;");
  BOOST_TEST(all.body == "hello");
  BOOST_TEST(into.body.empty());
}

BOOST_DATA_TEST_CASE(a_response_may_come_in_pieces_of_any_size, complete) {
  const std::string next = "HTTP/1.1 404 Not Found\r\n";
  for (std::size_t step = 1; step < 120; ++step) {
    client::response into;
    client::response_parser parser{into, body_use::keep, false};
    client::error_code ec;
    const auto rest = parse(parser, sample.text + next, step, ec);
    BOOST_TEST(!ec);
    BOOST_TEST(parser.is_done());
    BOOST_TEST(into.body == "hello");
    BOOST_TEST(rest == next);
  }
}

BOOST_DATA_TEST_CASE(a_response_without_a_body_ends_with_its_head, bodiless) {
  client::response into;
  client::response_parser parser{into, body_use::keep, false};
  client::error_code ec;
  BOOST_TEST(parse(parser, sample.text + std::string{"x"}, 1000, ec) == "x");
  BOOST_TEST(!ec);
  BOOST_TEST(parser.is_done());
}

BOOST_AUTO_TEST_CASE(a_body_of_unknown_length_ends_with_the_connection) {
  client::response into;
  client::response_parser parser{into, body_use::keep, false};
  client::error_code ec;
  parse(parser, "HTTP/1.1 200 OK\r\n\r\nhello", 1000, ec);
  BOOST_TEST(!parser.is_done());
  parser.put_eof(ec);
  BOOST_TEST(!ec);
  BOOST_TEST(parser.is_done());
  BOOST_TEST(into.body == "hello");
}

BOOST_DATA_TEST_CASE(a_response_that_is_cut_is_incomplete, complete) {
  const std::string text = sample.text;
  client::response into;
  client::response_parser parser{into, body_use::keep, false};
  client::error_code ec;
  parse(parser, text.substr(0, text.size() - 1), 1000, ec);
  BOOST_TEST(!ec);
  parser.put_eof(ec);
  BOOST_TEST((ec == http::error::partial_message));
}

BOOST_AUTO_TEST_CASE(ranges_of_a_blob_are_hashed_as_one) {
  client::response into;
  client::error_code ec;
  const auto parse_part = [&](const std::string& status, const std::string& body, body_use use) {
    client::response_parser parser{into, use, false};
    parse(parser,
          "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
            body,
          1000, ec);
    BOOST_TEST(!ec);
  };
  parse_part("206 Partial Content", "hel", body_use::hash);
  parse_part("503 Service Unavailable", "later", body_use::hash_on);
  BOOST_TEST(!into.body_digest.has_value());
  parse_part("206 Partial Content", "lo", body_use::hash_on);
  BOOST_TEST(into.body_digest->to_string() == gantry::digest::of("hello").to_string());
}

BOOST_AUTO_TEST_CASE(challenges_of_several_fields_are_joined) {
  client::response into;
  client::response_parser parser{into, body_use::drop, false};
  client::error_code ec;
  parse(parser,
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"\r\n"
        "WWW-Authenticate: Bearer realm=\"b\"\r\nContent-Length: 0\r\n\r\n",
        1000, ec);
  BOOST_TEST(into.challenges == "Basic realm=\"a\", Bearer realm=\"b\"");
}

BOOST_AUTO_TEST_SUITE_END()
