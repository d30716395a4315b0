// Entries as an HTTP Archive.
#include "journal/har.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

namespace json = boost::json;
using namespace gantry::journal;

BOOST_AUTO_TEST_SUITE(har)

namespace {

std::string_view reason(unsigned status) {
  return status == 404 ? "Not Found" : "";
}

json::value rendered(const entry& seen) {
  page found;
  found.entries.push_back(seen);
  return json::parse(render_har(found, {"1.0", "127.0.0.1:4775", reason}));
}

entry pulled() {
  entry seen;
  seen.set_method("GET");
  seen.set_target("/v2/a/tags/list?n=2&last=x%2Fy&flag");
  seen.add_field("Host", "registry:5000");
  seen.set_response_head("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n"
                         "Location: /elsewhere\r\n\r\n");
  seen.status = 404;
  seen.bytes_sent = 300;
  seen.duration = std::chrono::microseconds{1500};
  return seen;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_document_says_who_made_it) {
  const auto log = rendered(pulled()).at("log");
  BOOST_TEST(log.at("version").as_string() == "1.2");
  BOOST_TEST(log.at("creator").at("name").as_string() == "gantry");
  BOOST_TEST(log.at("creator").at("version").as_string() == "1.0");
  BOOST_TEST(log.at("entries").as_array().size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_entry_has_every_member_that_the_format_requires) {
  const auto document = rendered(pulled());
  const auto& shown = document.at("log").at("entries").at(0).as_object();
  for (const auto* name : {"startedDateTime", "time", "request", "response", "cache", "timings"})
    BOOST_TEST(shown.contains(name), name);
  for (const auto* name : {"method", "url", "httpVersion", "cookies", "headers", "queryString",
                           "headersSize", "bodySize"})
    BOOST_TEST(shown.at("request").as_object().contains(name), name);
  for (const auto* name : {"status", "statusText", "httpVersion", "cookies", "headers", "content",
                           "redirectURL", "headersSize", "bodySize"})
    BOOST_TEST(shown.at("response").as_object().contains(name), name);
  for (const auto* name : {"send", "wait", "receive"})
    BOOST_TEST(shown.at("timings").as_object().contains(name), name);
  BOOST_TEST(shown.at("time").to_number<double>() == 1.5);
  BOOST_TEST(shown.at("response").at("statusText").as_string() == "Not Found");
}

BOOST_AUTO_TEST_CASE(the_fields_of_the_response_are_listed) {
  const auto document = rendered(pulled());
  const auto& response = document.at("log").at("entries").at(0).at("response");
  BOOST_TEST(response.at("headers").as_array().size() == 2U);
  BOOST_TEST(response.at("headers").at(1).at("name").as_string() == "Location");
  BOOST_TEST(response.at("content").at("mimeType").as_string() == "application/json");
  BOOST_TEST(response.at("redirectURL").as_string() == "/elsewhere");
}

BOOST_AUTO_TEST_CASE(the_url_is_absolute_and_its_query_is_listed) {
  const auto document = rendered(pulled());
  const auto& request = document.at("log").at("entries").at(0).at("request");
  BOOST_TEST(request.at("url").as_string() ==
             "http://registry:5000/v2/a/tags/list?n=2&last=x%2Fy&flag");
  const auto& query = request.at("queryString").as_array();
  BOOST_REQUIRE(query.size() == 3U);
  BOOST_TEST(query.at(1).at("name").as_string() == "last");
  BOOST_TEST(query.at(1).at("value").as_string() == "x%2Fy");
  BOOST_TEST(query.at(2).at("value").as_string() == "");
}

BOOST_AUTO_TEST_CASE(a_request_without_a_host_gets_the_servers_address) {
  entry seen;
  seen.set_method("GET");
  seen.set_target("/v2/");
  const auto document = rendered(seen);
  BOOST_TEST(document.at("log").at("entries").at(0).at("request").at("url").as_string() ==
             "http://127.0.0.1:4775/v2/");
}

BOOST_AUTO_TEST_SUITE_END()
