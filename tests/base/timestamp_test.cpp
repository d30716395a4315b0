// Points in time as text.
#include "base/timestamp.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace gantry;
using namespace std::chrono;

namespace {

std::string read_back(std::string_view text) {
  const auto parsed = parse_timestamp(text);
  return parsed ? render_timestamp(*parsed) : "none";
}

} // namespace

BOOST_AUTO_TEST_SUITE(timestamp)

BOOST_AUTO_TEST_CASE(a_time_has_microseconds_and_is_in_utc) {
  BOOST_TEST(render_timestamp(system_clock::time_point{}) == "1970-01-01T00:00:00.000000Z");
  BOOST_TEST(render_timestamp(system_clock::time_point{seconds{86399} + microseconds{42}}) ==
             "1970-01-01T23:59:59.000042Z");
}

BOOST_AUTO_TEST_CASE(whole_seconds_are_counted_from_1970) {
  BOOST_TEST(unix_seconds(system_clock::time_point{milliseconds{1999}}) == 1);
  BOOST_TEST((from_unix_seconds(86'400) == system_clock::time_point{days{1}}));
}

BOOST_AUTO_TEST_CASE(what_is_rendered_is_read_back) {
  for (const auto* text : {"1970-01-01T00:00:00.000000Z", "2026-01-31T12:00:00.123456Z",
                           "2028-02-29T23:59:59.999999Z", "2199-12-31T23:59:59.000001Z"})
    BOOST_TEST(read_back(text) == text);
}

BOOST_AUTO_TEST_CASE(fractions_and_offsets_are_optional) {
  BOOST_TEST(read_back("2026-01-31T12:00:00Z") == "2026-01-31T12:00:00.000000Z");
  BOOST_TEST(read_back("2026-01-31T12:00:00.5Z") == "2026-01-31T12:00:00.500000Z");
  BOOST_TEST(read_back("2026-01-31T12:00:00.123456789Z") == "2026-01-31T12:00:00.123456Z");
  BOOST_TEST(read_back("2026-01-31T12:00:00+01:30") == "2026-01-31T10:30:00.000000Z");
  BOOST_TEST(read_back("2026-01-31T12:00:00-01:30") == "2026-01-31T13:30:00.000000Z");
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_times) {
  for (const auto* text : {"",
                           "now",
                           "2026-01-31",
                           "2026-01-31T12:00:00",
                           "2026-01-31T12:00:00Zx",
                           "2026-02-29T12:00:00Z",
                           "2026-13-01T12:00:00Z",
                           "2026-00-01T12:00:00Z",
                           "2026-01-31T24:00:00Z",
                           "2026-01-31T12:60:00Z",
                           "2026-01-31T12:00:60Z",
                           "2026-01-31T12:00:00.Z",
                           "2026-01-31T12:00:00.1234567890Z",
                           "2026-1-31T12:00:00Z",
                           "2026-01-31 12:00:00Z",
                           "1969-12-31T23:59:59Z",
                           "2201-01-01T00:00:00Z",
                           "2026-01-31T12:00:00+1:00",
                           "2026-01-31T12:00:00+99:00",
                           "+026-01-31T12:00:00Z"})
    BOOST_TEST(read_back(text) == "none", text);
}

BOOST_AUTO_TEST_SUITE_END()
