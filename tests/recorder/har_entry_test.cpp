// Exchanges as entries of an archive.
#include "recorder/har_entry.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry::recorder;
namespace json = boost::json;

namespace {

exchange sample() {
  exchange seen;
  seen.duration = std::chrono::microseconds{1500};
  seen.method = "PUT";
  seen.origin = "http://registry:5000";
  seen.target = "/v2/a?digest=b&token=secret";
  seen.request_fields = {{"Authorization", "Bearer secret"}, {"Content-Type", "text/plain"}};
  seen.request_body = 7;
  seen.status = 201;
  seen.response_fields = {{"Location", "/v2/a?token=secret"}, {"Content-Type", "text/x"}};
  return seen;
}

json::value entry(bool in_base64) {
  return json::parse(render_front(sample(), 3, in_base64) + "\"abc\"" + std::string{entry_back});
}

} // namespace

BOOST_AUTO_TEST_SUITE(har_entry)

BOOST_AUTO_TEST_CASE(an_entry_has_what_the_format_requires) {
  const auto made = entry(false);
  for (const auto* member : {"startedDateTime", "time", "request", "response", "cache", "timings"})
    BOOST_TEST(made.as_object().contains(member));
  BOOST_TEST(made.at("time").to_number<double>() == 1.5);
  const auto& request = made.at("request");
  BOOST_TEST(request.at("method").as_string() == "PUT");
  BOOST_TEST(request.at("bodySize").to_number<int>() == 7);
  const auto& response = made.at("response");
  BOOST_TEST(response.at("status").to_number<int>() == 201);
  BOOST_TEST(response.at("statusText").as_string() == "Created");
  const auto& content = response.at("content").as_object();
  BOOST_TEST(content.at("size").to_number<int>() == 3);
  BOOST_TEST(content.at("mimeType").as_string() == "text/x");
  BOOST_TEST(content.at("text").as_string() == "abc");
  BOOST_TEST(!content.contains("encoding"));
  BOOST_TEST(entry(true).at("response").at("content").at("encoding").as_string() == "base64");
}

BOOST_AUTO_TEST_CASE(an_entry_holds_no_secret) {
  const auto made = entry(false);
  BOOST_TEST(json::serialize(made).find("secret") == std::string::npos);
  BOOST_TEST(made.at("request").at("url").as_string() ==
             "http://registry:5000/v2/a?digest=b&token=***");
  BOOST_TEST(made.at("response").at("redirectURL").as_string() == "/v2/a?token=***");
}

BOOST_AUTO_TEST_SUITE_END()
