// How many bytes of a body may be read, and when.
#include "http/intake.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace std::chrono_literals;
using gantry::net::steady_clock;

BOOST_AUTO_TEST_SUITE(intake)

using gantry::http::intake;

BOOST_AUTO_TEST_CASE(an_empty_plan_allows_everything) {
  intake plain{{}};
  BOOST_TEST(plain.allowed(1'000'000) == 1'000'000u);
  plain.count(1'000'000);
  BOOST_TEST(plain.is_due());
  BOOST_TEST(!plain.is_over());
}

BOOST_AUTO_TEST_CASE(a_rate_allows_the_bytes_of_a_twentieth_of_a_second) {
  BOOST_TEST(intake{{.rate = 1000}}.allowed(1'000'000) == 50u);
  BOOST_TEST(intake{{.rate = 1000}}.allowed(7) == 7u);
  BOOST_TEST(intake{{.rate = 1}}.allowed(7) == 1u);
}

BOOST_AUTO_TEST_CASE(the_next_bytes_are_due_when_the_last_ones_have_taken_their_time) {
  const auto begin = steady_clock::now();
  intake slow{{.rate = 1}};
  slow.count(3600);
  BOOST_TEST(slow.allowed(1) == 0u);
  BOOST_TEST(!slow.is_due());
  BOOST_CHECK(slow.due() >= begin + 1h);
}

BOOST_AUTO_TEST_CASE(the_bytes_before_a_reset_are_counted) {
  intake cut{{.reset_after = 10}};
  BOOST_TEST(cut.allowed(100) == 10u);
  cut.count(7);
  BOOST_TEST(!cut.is_over());
  BOOST_TEST(cut.allowed(100) == 3u);
  cut.count(3);
  BOOST_TEST(cut.is_over());
  BOOST_TEST(intake{{.reset_after = 0}}.is_over());
}

BOOST_AUTO_TEST_SUITE_END()
