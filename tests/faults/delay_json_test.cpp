// Delays as JSON; mistakes in them are among those of rule_json_test.
#include "faults/delay_json.hpp"
#include "faults/rule_json.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry::faults;
using std::chrono::milliseconds;

namespace {

delay_time read(const std::string& text) {
  return read_rule(R"({"effect":{"delay":)" + text + "}}").value().does.delay;
}

} // namespace

BOOST_AUTO_TEST_SUITE(delay_json)

BOOST_AUTO_TEST_CASE(the_members_choose_the_distribution) {
  BOOST_CHECK(
    (read(R"("20ms")") == delay_time{.least = milliseconds{20}, .most = milliseconds{20}}));
  BOOST_CHECK((read(R"({"min":"1s","max":"2s"})") ==
               delay_time{.least = milliseconds{1000}, .most = milliseconds{2000}}));
  BOOST_CHECK(
    (read(R"({"mean":"50ms","deviation":"10ms"})") ==
     delay_time{distribution::normal, {}, longest_delay, milliseconds{50}, milliseconds{10}}));
  BOOST_CHECK(
    (read(R"({"mean":"50ms","max":"1s"})") ==
     delay_time{distribution::exponential, {}, milliseconds{1000}, milliseconds{50}, {}}));
}

BOOST_AUTO_TEST_CASE(every_delay_is_shown_as_it_is_read) {
  for (const std::string text : {
         R"("20ms")",
         R"({"min":"1s","max":"2s"})",
         R"({"mean":"50ms"})",
         R"({"mean":"50ms","deviation":"10ms"})",
         R"({"mean":"50ms","deviation":"10ms","min":"5ms","max":"1s"})",
       })
    BOOST_TEST(boost::json::serialize(to_json(read(text))) == text);
}

BOOST_AUTO_TEST_SUITE_END()
