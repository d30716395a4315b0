// Rules as JSON, and the mistakes in them.
#include "faults/named_faults.hpp"
#include "faults/rule_json.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <ostream>
#include <string>

using namespace gantry::faults;
using gantry::errc;

namespace {

struct mistake {
  const char* text;
  const char* detail;

  friend std::ostream& operator<<(std::ostream& out, const mistake& row) { return out << row.text; }
};

const mistake mistakes[] = {
  {"", "not JSON"},
  {"[]x", "not JSON"},
  {"7", "expected a JSON object, or an array"},
  {"[7]", "0. expected a JSON object"},
  {"{}", "effect: expected an effect"},
  {R"({"name":"hub-430"})", "name: 'hub-430' is no named fault"},
  {R"({"efect":{"status":503}})", "efect: no such member; there are name, match, nth"},
  {R"({"effect":7})", "effect: expected an object"},
  {R"({"effect":{"status":99}})", "effect.status: expected a whole number from 200 to 599"},
  {R"({"effect":{"status":"503"}})", "effect.status: expected a whole number"},
  {R"({"effect":{"code":"X"}})", "effect.status: code, message"},
  {R"({"effect":{"delay":"fast"}})", "effect.delay: 'fast'"},
  {R"({"effect":{"delay":{"min":"2s","max":"1s"}}})", "effect.delay.max: expected a time"},
  {R"({"effect":{"delay":"1h"}})", "effect.delay: "},
  {R"({"effect":{"delay":{"deviation":"1s"}}})", "effect.delay.deviation: a normal distribution"},
  {R"({"effect":{"status":503,"reset_after_request":1}})", "effect.reset_after_request: with a"},
  {R"({"effect":{"status":503,"upload_rate":1}})", "effect.upload_rate: with a status"},
  {R"({"effect":{"rate":-1}})", "effect.rate: expected a whole number"},
  {R"({"effect":{"headers":{"Content-Length":"3"}}})", "effect.headers: 'Content-Length'"},
  {R"({"effect":{"headers":{"A B":"3"}}})", "effect.headers: 'A B'"},
  {R"({"effect":{"headers":{"A":"3\r\nB: 4"}}})", "effect.headers: 'A'"},
  {R"({"effect":{"status":503,"code":"A\nB"}})", "effect.code: expected a text without control"},
  {R"({"effect":{"reset_after":1,"truncate_after":1}})", "effect.truncate_after: "},
  {R"({"nth":0,"effect":{"status":503}})", "nth: expected a whole number from 1 on"},
  {R"({"every":0,"effect":{"status":503}})", "every: expected a whole number from 1 on"},
  {R"({"probability":1.5,"effect":{"status":503}})", "probability: expected a number from 0 to 1"},
  {R"({"match":{"tag":"v1"},"effect":{"status":503}})", "match.tag: no such member"},
  {R"([{"effect":{"status":503}},{"effect":{"status":1}}])", "1.effect.status: "},
};

} // namespace

BOOST_AUTO_TEST_SUITE(rule_json)

BOOST_DATA_TEST_CASE(a_mistake_names_the_member, mistakes) {
  const auto read = read_rules(sample.text);
  BOOST_REQUIRE(!read);
  BOOST_TEST((read.error().code == errc::request_invalid));
  if (std::string_view{sample.detail} != "not JSON")
    BOOST_TEST(read.error().detail.starts_with(sample.detail), read.error().detail);
}

BOOST_AUTO_TEST_CASE(every_member_is_read_and_shown) {
  const std::string text =
    R"({"name":"n","match":{"method":"PUT","operation":"put_manifest","repository":"a/*",)"
    R"("reference":"v*","user_agent":"skopeo*"},"nth":2,"every":3,"probability":5E-1,"seed":7,)"
    R"("count":4,"effect":{"status":504,"code":"C","message":"M","body":"B","content_type":)"
    R"("text/plain","after":true,"headers":{"Retry-After":"3"},"delay":{"min":"1s","max":"2s"},)"
    R"("rate":1024,"upload_rate":2048,"reset_after_request":3,"truncate_after":5,"content_length":6,"corrupt_byte":0,)"
    R"("wrong_digest":true,"location":{"absent":true,"scheme":"https","host":"h:1"},)"
    R"("endless_link":true}})";
  const auto read = read_rule(text);
  BOOST_REQUIRE(read);
  BOOST_TEST(boost::json::serialize(to_json(*read)) == text);
  BOOST_TEST((read_rule(boost::json::serialize(to_json(*read))).value() == *read));
}

BOOST_AUTO_TEST_CASE(a_size_may_have_a_unit) {
  BOOST_TEST(read_rule(R"({"effect":{"rate":"64KiB"}})").value().does.rate == 65536u);
}

BOOST_AUTO_TEST_CASE(a_name_stands_for_its_rule_and_other_members_are_added) {
  const auto read = read_rule(R"({"name":"hub-429","match":{"repository":"team/*"},"count":2})");
  BOOST_REQUIRE(read);
  BOOST_TEST(read->name == "hub-429");
  BOOST_TEST(read->match.operation == "get_manifest");
  BOOST_TEST(read->match.repository == "team/*");
  BOOST_TEST(read->when.count == 2u);
  BOOST_TEST(read->does.status == 429u);
}

BOOST_AUTO_TEST_CASE(named_faults_are_sorted_and_valid) {
  const auto known = named_faults();
  BOOST_TEST(std::ranges::is_sorted(known, {}, &named_fault::name));
  for (const auto& each : known) {
    const auto read = read_rule(each.rule);
    BOOST_TEST(read.has_value(), each.name << ": " << (read ? "" : read.error().detail));
    BOOST_TEST(!each.help.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()
