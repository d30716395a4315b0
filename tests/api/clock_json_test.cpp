// The clock as JSON.
#include "api/clock_json.hpp"

#include "base/timestamp.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace gantry;
using namespace gantry::api;
using namespace std::chrono_literals;

namespace {

std::string mistake_in(std::string_view text) {
  const auto read = read_clock_change(text);
  return read ? "none" : std::string{to_string(read.error().code)} + ": " + read.error().detail;
}

} // namespace

BOOST_AUTO_TEST_SUITE(clock_json)

BOOST_AUTO_TEST_CASE(each_change_is_read) {
  const auto set = read_clock_change(R"({"now":"2026-01-31T12:00:00Z","frozen":true})").value();
  BOOST_TEST(render_timestamp(set.now.value()) == "2026-01-31T12:00:00.000000Z");
  BOOST_TEST(set.frozen.value());
  BOOST_TEST(!set.real);
  const auto advanced = read_clock_change(R"({"advance":"1h30m"})").value();
  BOOST_TEST((advanced.advance == 90min));
  BOOST_TEST(!advanced.now.has_value());
  BOOST_TEST(!advanced.frozen.has_value());
  BOOST_TEST(!read_clock_change(R"({"advance":"1s","frozen":false})").value().frozen.value());
  BOOST_TEST(read_clock_change(R"({"real":true})").value().real);
}

BOOST_AUTO_TEST_CASE(a_mistake_names_its_member) {
  const std::pair<const char*, const char*> samples[] = {
    {R"({})", "now: expected one of"},
    {R"({"now":"tomorrow"})", "now: expected a time from 1970 to 2199"},
    {R"({"now":""})", "now: expected a time"},
    {R"({"now":1})", "now: expected a text"},
    {R"({"advance":"-1h"})", "advance: "},
    {R"({"advance":"31y"})", "advance: "},
    {R"({"advance":5})", "advance: expected a text with a unit"},
    {R"({"frozen":"yes"})", "frozen: expected true or false"},
    {R"({"real":false})", "real: expected true"},
    {R"({"real":true,"frozen":true})", "real: the real time cannot be changed"},
    {R"({"now":"2026-01-31T12:00:00Z","advance":"1h"})", "advance: the time cannot be set"},
    {R"({"later":"1h"})", "later: no such member; there are now, advance, frozen, real"},
  };
  for (const auto& [text, start] : samples)
    BOOST_TEST(mistake_in(text).find(std::string{"request_invalid: "} + start) == 0,
               text << " gives " << mistake_in(text));
  for (const auto* text : {"", "[]", "now", R"({"now":)"})
    BOOST_TEST(mistake_in(text).find("request_invalid: ") == 0, text);
}

BOOST_AUTO_TEST_CASE(it_shows_what_the_clock_shows) {
  const auto now = parse_timestamp("2026-01-31T12:00:00.5Z").value();
  BOOST_TEST(render({now, true, false}) ==
             R"({"now":"2026-01-31T12:00:00.500000Z","frozen":true,"real":false})");
}

BOOST_AUTO_TEST_SUITE_END()
