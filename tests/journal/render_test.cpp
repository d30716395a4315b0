// Entries as JSON.
#include "journal/render.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

namespace json = boost::json;
using namespace gantry::journal;

BOOST_AUTO_TEST_SUITE(render)

BOOST_AUTO_TEST_CASE(an_entry_shows_all_its_members) {
  entry seen;
  seen.sequence = 3;
  seen.set_method("PATCH");
  seen.set_target("/v2/a/blobs/uploads/1?x=1");
  seen.add_field("Authorization", "secret");
  seen.set_response_head("HTTP/1.1 202 Accepted\r\nRange: 0-8\r\n\r\n");
  seen.status = 202;
  seen.bytes_sent = 120;
  seen.body_bytes = 9;
  seen.duration = std::chrono::microseconds{250};
  seen.connection = "127.0.0.1:5000";
  seen.operation = "append_upload";
  seen.repository = "a";
  seen.request_id = "id";
  seen.trace_id = "4bf9";
  BOOST_TEST(
    gantry::journal::render(seen) ==
    R"({"sequence":3,"time":"1970-01-01T00:00:00.000000Z","method":"PATCH",)"
    R"("target":"/v2/a/blobs/uploads/1?x=1","headers":[{"name":"Authorization","value":"***"}],)"
    R"("response_headers":[{"name":"Range","value":"0-8"}],)"
    R"("truncated":false,"status":202,"bytes_sent":120,"body_bytes":9,"duration_us":250,)"
    R"("connection":"127.0.0.1:5000","operation":"append_upload","repository":"a",)"
    R"("request_id":"id","fault":"","trace_id":"4bf9"})");
}

BOOST_AUTO_TEST_CASE(a_page_says_where_it_ends) {
  page found;
  found.next = 9;
  BOOST_TEST(gantry::journal::render(found) == R"({"requests":[],"count":0,"next":9})");
  found.entries.resize(2);
  const auto body = json::parse(gantry::journal::render(found)).as_object();
  BOOST_TEST(body.at("count").to_number<int>() == 2);
  BOOST_TEST(body.at("requests").as_array().at(0).at("body_bytes").is_null());
}

BOOST_AUTO_TEST_CASE(any_bytes_of_a_client_become_valid_json) {
  entry seen;
  seen.add_field("X", "\xff\"\\\xc3");
  const auto shown = json::parse(gantry::journal::render(seen));
  BOOST_TEST(shown.at("headers").at(0).at("value").as_string() == "?\"\\?");
}

BOOST_AUTO_TEST_SUITE_END()
