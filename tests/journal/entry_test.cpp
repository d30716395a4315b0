// What is kept of a request.
#include "journal/entry.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry::journal;

BOOST_AUTO_TEST_SUITE(entry)

namespace {

std::string masked(std::string_view target) {
  gantry::journal::entry seen;
  seen.set_target(target);
  return seen.target;
}

} // namespace

BOOST_AUTO_TEST_CASE(credentials_in_fields_are_masked_in_any_case) {
  gantry::journal::entry seen;
  seen.add_field("Authorization", "Basic dXNlcjpwYXNz");
  seen.add_field("COOKIE", "session=1");
  seen.add_field("proxy-authorization", "Bearer x");
  seen.add_field("Accept", "*/*");
  BOOST_TEST(seen.fields == "Authorization: ***\r\nCOOKIE: ***\r\nproxy-authorization: ***\r\n"
                            "Accept: */*\r\n");
  BOOST_TEST(!seen.is_cut);
}

BOOST_AUTO_TEST_CASE(secrets_in_the_query_are_masked) {
  BOOST_TEST(masked("/v2/") == "/v2/");
  BOOST_TEST(masked("/t?password=a&n=1&token=b") == "/t?password=***&n=1&token=***");
  BOOST_TEST(masked("/t?Access_Token=a") == "/t?Access_Token=***");
  BOOST_TEST(masked("/t?%70assword=a") == "/t?%70assword=***");
  BOOST_TEST(masked("/t?%7assword=a&password") == "/t?%7assword=a&password");
  BOOST_TEST(masked("/t?tokens=a") == "/t?tokens=a");
}

BOOST_AUTO_TEST_CASE(long_texts_are_cut) {
  gantry::journal::entry seen;
  seen.set_method(std::string(100, 'M'));
  BOOST_TEST(seen.method.size() == max_method);
  BOOST_TEST(seen.is_cut);
  seen.clear();
  BOOST_TEST(!seen.is_cut);
  seen.set_target("/" + std::string(2 * max_target, 'a') + "?n=1");
  BOOST_TEST(seen.target.size() == max_target);
  BOOST_TEST(seen.target.ends_with("a..."));
  BOOST_TEST(seen.is_cut);
  seen.clear();
  seen.set_target("/v2/?" + std::string(4 * max_target, 'a') + "&b=" + std::string(9000, 'b'));
  BOOST_TEST(seen.target.size() == max_target);
  BOOST_TEST(seen.target.capacity() <= 2 * max_target);
  seen.clear();
  seen.add_field("X-Long", std::string(2 * max_field, 'v'));
  BOOST_TEST(field_of(seen.fields, "x-long").size() == max_field + 3);
  BOOST_TEST(field_of(seen.fields, "x-long").ends_with("v..."));
  BOOST_TEST(seen.is_cut);
}

BOOST_AUTO_TEST_CASE(fields_beyond_the_limit_are_left_out) {
  gantry::journal::entry seen;
  for (int i = 0; i < 100; ++i)
    seen.add_field("X-Long", std::string(max_field, 'v'));
  BOOST_TEST(seen.fields.size() <= max_fields);
  BOOST_TEST(seen.fields.ends_with("\r\n"));
  BOOST_TEST(seen.is_cut);
}

BOOST_AUTO_TEST_CASE(the_fields_of_a_response_are_kept_without_its_secrets) {
  gantry::journal::entry seen;
  seen.set_response_head("HTTP/1.1 401 Unauthorized\r\nset-cookie: session=1\r\n"
                         "WWW-Authenticate: Basic realm=\"gantry\"\r\n"
                         "Location: /t?token=secret&n=1\r\n\r\n");
  BOOST_TEST(seen.response_fields ==
             "set-cookie: ***\r\nWWW-Authenticate: Basic realm=\"gantry\"\r\n"
             "Location: /t?token=***&n=1\r\n");
  BOOST_TEST(!seen.is_cut);
  seen.set_response_head("HTTP/1.1 204 No Content\r\n\r\n");
  BOOST_TEST(seen.response_fields.empty());
}

/// The documented bound of an entry: texts may take twice their length.
BOOST_AUTO_TEST_CASE(an_entry_is_bounded_whatever_it_is_told) {
  const std::string line(100'000, 'v');
  gantry::journal::entry seen;
  std::string head = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 1000; ++i) {
    seen.add_field("X-" + line.substr(0, 50), line.substr(0, 1000));
    seen.add_field("X", "v");
    head.append("X: ").append(line, 0, 1000).append("\r\nLocation: /?").append(line).append("\r\n");
  }
  seen.set_response_head(head);
  seen.set_method(line);
  seen.set_target("/" + line);
  std::size_t bytes = sizeof seen;
  for (const auto* text : {&seen.method, &seen.target, &seen.fields, &seen.response_fields})
    bytes += text->capacity();
  BOOST_TEST(seen.response_fields.size() <= max_fields);
  BOOST_TEST(seen.is_cut);
  BOOST_TEST(bytes <= 22U * 1024);
}

BOOST_AUTO_TEST_CASE(a_text_at_the_limit_is_whole) {
  gantry::journal::entry seen;
  seen.set_method(std::string(max_method, 'M'));
  seen.set_target("/" + std::string(max_target - 1, 'a'));
  seen.add_field("X", std::string(max_field, 'v'));
  BOOST_TEST(!seen.is_cut);
  BOOST_TEST(seen.target.size() == max_target);
}

BOOST_AUTO_TEST_CASE(a_cleared_entry_is_empty_and_keeps_its_memory) {
  gantry::journal::entry seen;
  seen.set_target("/" + std::string(200, 'a'));
  seen.add_field("Host", "registry");
  seen.set_response_head("HTTP/1.1 200 OK\r\nX: 1\r\n\r\n");
  seen.status = 200;
  seen.body_bytes = 1;
  seen.clear();
  BOOST_TEST(seen.target.empty());
  BOOST_TEST(seen.fields.empty());
  BOOST_TEST(seen.response_fields.empty());
  BOOST_TEST(seen.status == 0U);
  BOOST_TEST(!seen.body_bytes);
  BOOST_TEST(seen.target.capacity() >= 200U);
}

BOOST_AUTO_TEST_CASE(fields_are_found_in_any_case_and_the_first_counts) {
  gantry::journal::entry seen;
  seen.add_field("Host", "a");
  seen.add_field("host", "b");
  seen.add_field("X-Empty", "");
  BOOST_TEST(field_of(seen.fields, "HOST") == "a");
  BOOST_TEST(field_of(seen.fields, "X-Empty") == "");
  BOOST_TEST(field_of(seen.fields, "X-Absent") == "");
}

BOOST_AUTO_TEST_SUITE_END()
