// Limits as they are configured.
#include "limits/rate_rule.hpp"

#include "support/refusal.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

using namespace gantry::limits;

namespace {

std::string refusal_of(std::string_view text) {
  return gantry::test::refusal_of([text] { parse_rate_rule(text); });
}

} // namespace

BOOST_AUTO_TEST_SUITE(rate_rule)

BOOST_AUTO_TEST_CASE(a_rule_says_who_what_and_how_often) {
  using std::chrono::seconds;
  using rule = gantry::limits::rate_rule;
  BOOST_CHECK(
    (parse_rate_rule("address=100/s") == rule{sharing::address, requests::all, {100, seconds{1}}}));
  BOOST_CHECK((parse_rate_rule("user:write=30/min") ==
               rule{sharing::user, requests::write, {30, seconds{60}}}));
  BOOST_CHECK((parse_rate_rule("address:delete=1/h") ==
               rule{sharing::address, requests::remove, {1, seconds{3600}}}));
  BOOST_CHECK(parse_rate_rule("user:read=1/s").counted == requests::read);
}

BOOST_AUTO_TEST_CASE(a_rate_is_shown_as_it_is_written) {
  for (const auto* text : {"1/s", "30/min", "1000000/h"})
    BOOST_TEST(to_string(parse_rate(text)) == text);
}

BOOST_AUTO_TEST_CASE(mistakes_are_explained) {
  const std::string form = ": write one such as address=100/s or user:write=30/min";
  BOOST_TEST(refusal_of("100/s") == "'100/s' has no equals sign" + form);
  BOOST_TEST(refusal_of("host=1/s") == "'host=1/s' does not begin with address or user" + form);
  for (const std::string text : {"user:push=1/s", "user:=1/s"})
    BOOST_TEST(refusal_of(text) ==
               "'" + text + "' limits requests that are not read, write or delete" + form);
  for (const std::string rate : {"", "0/s", "1", "1/d", "-1/s", "1000001/s", "x/s"})
    BOOST_TEST(refusal_of("user=" + rate) == "'" + rate +
                                               "' is not a rate of 1 to 1000000 in a time: write "
                                               "N/s, N/min or N/h, such as 100/s");
}

BOOST_AUTO_TEST_SUITE_END()
