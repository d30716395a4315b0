#include "http/request_head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <string_view>

using namespace gantry;
using namespace gantry::http;

namespace {

struct refused_request {
  const char* what;
  const char* fields;
  gantry::http::refusal_code why;

  friend std::ostream& operator<<(std::ostream& out, const refused_request& row) {
    return out << row.what;
  }
};

const refused_request refused_requests[] = {
  {"no host", "", gantry::http::refusal_code::malformed},
  {"two hosts", "Host: a\r\nHost: b\r\n", gantry::http::refusal_code::malformed},
  {"a host with a blank", "Host: a b\r\n", gantry::http::refusal_code::malformed},
  {"a host with a path", "Host: a/b\r\n", gantry::http::refusal_code::malformed},
  {"a host with a user", "Host: user@a\r\n", gantry::http::refusal_code::malformed},
  {"a host with a port that is no number", "Host: a:b\r\n", gantry::http::refusal_code::malformed},
  {"a host with a port that is too large", "Host: a:65536\r\n",
   gantry::http::refusal_code::malformed},
  {"two origins", "Host: a\r\nOrigin: http://a\r\nOrigin: http://b\r\n",
   gantry::http::refusal_code::malformed},
  {"both framings", "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n",
   gantry::http::refusal_code::malformed},
  {"length twice", "Host: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n",
   gantry::http::refusal_code::malformed},
  {"length as a list", "Host: a\r\nContent-Length: 3, 3\r\n",
   gantry::http::refusal_code::malformed},
  {"negative length", "Host: a\r\nContent-Length: -3\r\n", gantry::http::refusal_code::malformed},
  {"length beyond 64 bits", "Host: a\r\nContent-Length: 99999999999999999999\r\n",
   gantry::http::refusal_code::malformed},
  {"unknown coding", "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n",
   gantry::http::refusal_code::malformed},
  {"chunked twice", "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
   gantry::http::refusal_code::malformed},
  {"unknown expectation", "Host: a\r\nExpect: miracles\r\n", gantry::http::refusal_code::malformed},
  // case 188
  {"encoded body", "Host: a\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\n",
   gantry::http::refusal_code::content_encoding_unsupported},
};

/// Beast may refuse it first: that counts.
result<gantry::http::request_head> judge(request_parser& parser, const std::string& text) {
  boost::system::error_code ec;
  parser.put(boost::asio::buffer(text), ec);
  if (ec)
    return gantry::http::refuse(gantry::http::refusal_code::malformed);
  BOOST_REQUIRE(parser.is_header_done());
  return gantry::http::request_head::of(parser);
}

} // namespace

BOOST_AUTO_TEST_SUITE(request_head)

BOOST_DATA_TEST_CASE(what_is_ambiguous_is_refused, boost::unit_test::data::make(refused_requests)) {
  request_parser parser;
  const auto head = judge(parser, std::string{"PUT /v2/ HTTP/1.1\r\n"} + sample.fields + "\r\n");
  BOOST_REQUIRE(!head);
  BOOST_CHECK(head.error().code == sample.why);
}

BOOST_AUTO_TEST_CASE(the_host_of_an_absolute_target_is_judged_like_any_other) {
  for (const std::string target : {"http:///v2/", "http://", "http://:80/v2/", "http://a b/",
                                   "https://user@a/v2/", "http://a:x/v2/", "HTTP://[::1/v2/"}) {
    request_parser parser;
    BOOST_TEST(!judge(parser, "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"), target);
  }
  for (const std::string target : {"http://a/v2/", "https://[::1]:443/v2/", "http://a?x=1"}) {
    request_parser parser;
    BOOST_TEST(judge(parser, "GET " + target + " HTTP/1.1\r\nHost: b\r\n\r\n").has_value(), target);
  }
}

BOOST_AUTO_TEST_CASE(an_old_client_needs_no_host) {
  // case 18
  request_parser parser;
  const auto head = judge(parser, "GET /v2/ HTTP/1.0\r\n\r\n");
  BOOST_REQUIRE(head);
  BOOST_TEST(head->is_http_1_0());
  BOOST_TEST(!head->keep_alive());
  BOOST_TEST(!head->has_body());
}

BOOST_AUTO_TEST_CASE(the_framing_of_a_body_is_known_from_the_head) {
  request_parser plain;
  const auto sized = judge(
    plain, "PUT /v2/ HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nExpect: 100-Continue\r\n\r\n");
  BOOST_REQUIRE(sized);
  BOOST_TEST(sized->content_length().value() == 12u);
  BOOST_TEST(sized->expects_continue());
  BOOST_TEST(sized->has_body());

  request_parser streaming;
  const auto chunked =
    judge(streaming, "PATCH /v2/ HTTP/1.1\r\nHost: a\r\ntransfer-encoding: Chunked\r\n\r\n");
  BOOST_REQUIRE(chunked);
  BOOST_TEST(chunked->is_chunked());
  BOOST_TEST(!chunked->content_length().has_value());
}

BOOST_AUTO_TEST_CASE(fields_are_visited_in_order_and_as_they_were_written) {
  request_parser parser;
  const auto head =
    judge(parser, "GET / HTTP/1.1\r\nhost: a\r\nX-B: 1\r\nx-b:  2 \r\nX-A:\r\n\r\n");
  BOOST_REQUIRE(head);
  std::string seen;
  head->visit_fields([&seen](std::string_view name, std::string_view value) {
    seen.append(name).append("=").append(value).append(";");
  });
  BOOST_TEST(seen == "host=a;X-B=1;x-b=2;X-A=;");
}

BOOST_AUTO_TEST_CASE(the_first_field_of_a_name_is_found_however_it_is_written) {
  using field = gantry::http::request_head::field;
  request_parser parser;
  const auto head = judge(parser, "GET / HTTP/1.1\r\nhOST: a\r\nACCEPT: 1\r\naccept: 2\r\n"
                                  "Age: 3\r\nage: 4\r\nRange:\r\nX-B: 5\r\n\r\n");
  BOOST_REQUIRE(head);
  BOOST_CHECK(head->find(field::host) == "a");
  BOOST_CHECK(head->find(field::accept) == "1");
  BOOST_CHECK(head->find(field::age) == "3"); // asked for by few
  BOOST_CHECK(head->find(field::range) == "");
  BOOST_CHECK(!head->find(field::authorization));
  BOOST_CHECK(!head->find(field::xref)); // the last that has a number
  BOOST_CHECK(head->find("accept") == "1");
  BOOST_CHECK(head->find("x-b") == "5");
  BOOST_CHECK(!head->find("X-C"));
}

BOOST_AUTO_TEST_CASE(a_field_that_is_repeated_is_not_the_only_one) {
  request_parser parser;
  const auto head =
    judge(parser, "GET / HTTP/1.1\r\nHost: a\r\nX-B: 1\r\nx-b: 1\r\nX-A:\r\nX-C: 3\r\n\r\n");
  BOOST_REQUIRE(head);
  BOOST_CHECK(head->find_only("x-c") == "3");
  BOOST_CHECK(head->find_only("X-A") == "");
  BOOST_CHECK(!head->find_only("X-B"));
  BOOST_CHECK(!head->find_only("X-D"));
  BOOST_TEST(head->find_list("X-B") == "1,1");
  BOOST_TEST(head->find_list("x-c") == "3");
  BOOST_TEST(head->find_list("X-D") == "");
}

BOOST_AUTO_TEST_SUITE_END()
