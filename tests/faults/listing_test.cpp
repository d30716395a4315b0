#include "faults/listing.hpp"

#include "faults/named_faults.hpp"
#include "faults/rule_json.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace gantry::faults;

BOOST_AUTO_TEST_SUITE(listing)

BOOST_AUTO_TEST_CASE(a_fault_is_shown_with_its_counts) {
  gantry::faults::fault_set set;
  set.add({read_rule(R"({"match":{"method":"GET"},"nth":2,"effect":{"status":503}})").value()});
  subject request;
  request.method = "GET";
  set.strike(request);
  set.strike(request);
  BOOST_TEST((to_json(set.list()) == boost::json::parse(R"([{"match":{"method":"GET"},"nth":2,
    "effect":{"status":503},"id":1,"matched":2,"hits":1}])")));
}

BOOST_AUTO_TEST_CASE(named_faults_are_shown_with_their_help) {
  const auto shown = named_to_json();
  BOOST_REQUIRE(shown.size() == named_faults().size());
  BOOST_TEST(shown[0].at("name").as_string() == named_faults()[0].name);
  BOOST_TEST(shown[0].at("help").as_string() == named_faults()[0].help);
}

BOOST_AUTO_TEST_CASE(more_faults_than_the_limit_are_refused_with_the_limit) {
  BOOST_TEST(too_many_faults() == "at most 1000 faults at a time");
}

BOOST_AUTO_TEST_SUITE_END()
