#include "bench/page/scale.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <ostream>
#include <vector>

namespace bench = gantry::bench;

namespace {

struct linear_case {
  double most;
  double rounded;
  std::vector<double> ticks;
};

std::ostream& operator<<(std::ostream& out, const linear_case& each) {
  return out << each.most;
}

const linear_case linears[] = {
  {0, 1, {0, 0.2, 0.4, 0.6, 0.8, 1}},  {1, 1, {0, 0.2, 0.4, 0.6, 0.8, 1}},
  {9, 10, {0, 2, 4, 6, 8, 10}},        {10, 10, {0, 2, 4, 6, 8, 10}},
  {101, 150, {0, 50, 100, 150}},       {12'345, 15'000, {0, 5000, 10'000, 15'000}},
  {0.03, 0.03, {0, 0.01, 0.02, 0.03}},
};

void check_ticks(const bench::scale& axis, const std::vector<double>& expected) {
  const auto ticks = axis.ticks();
  BOOST_REQUIRE(ticks.size() == expected.size());
  for (std::size_t i = 0; i < ticks.size(); ++i)
    BOOST_TEST(ticks[i] == expected[i]);
  // A label shows the sign of a zero.
  BOOST_TEST(std::none_of(ticks.begin(), ticks.end(),
                          [](double tick) { return tick == 0 && std::signbit(tick); }));
}

} // namespace

BOOST_AUTO_TEST_SUITE(scale, *boost::unit_test::tolerance(1e-6))

BOOST_DATA_TEST_CASE(a_linear_axis_ends_at_a_round_number, linears) {
  const auto axis = bench::scale::linear(sample.most, 0, 100);
  BOOST_TEST(axis.least() == 0.0);
  BOOST_TEST(axis.most() == sample.rounded);
  check_ticks(axis, sample.ticks);
}

BOOST_AUTO_TEST_CASE(a_linear_axis_leads_from_one_end_to_the_other) {
  const auto up = bench::scale::linear(10, 230, 10);
  BOOST_TEST(up(0) == 230.0);
  BOOST_TEST(up(5) == 120.0);
  BOOST_TEST(up(10) == 10.0);
  const auto across = bench::scale::between(0.5, 2.5, 0, 100);
  BOOST_TEST(across(0.5) == 0.0);
  BOOST_TEST(across(1) == 25.0);
  BOOST_TEST(across(2.5) == 100.0);
}

BOOST_AUTO_TEST_CASE(a_logarithmic_axis_has_whole_decades) {
  const auto axis = bench::scale::logarithmic(150, 20'000, 0, 300);
  BOOST_TEST(axis.least() == 100.0);
  BOOST_TEST(axis.most() == 100'000.0);
  check_ticks(axis, {100, 1000, 10'000, 100'000});
  BOOST_TEST(axis(100) == 0.0);
  BOOST_TEST(axis(1000) == 100.0);
  BOOST_TEST(axis(100'000) == 300.0);
}

BOOST_AUTO_TEST_CASE(a_logarithmic_axis_of_one_value_has_a_decade) {
  const auto axis = bench::scale::logarithmic(1000, 1000, 0, 100);
  BOOST_TEST(axis.least() == 1000.0);
  BOOST_TEST(axis.most() == 10'000.0);
}

BOOST_AUTO_TEST_CASE(values_outside_are_clamped) {
  const auto axis = bench::scale::logarithmic(10, 100, 0, 50);
  BOOST_TEST(axis(1) == 0.0);
  BOOST_TEST(axis(5000) == 50.0);
}

BOOST_AUTO_TEST_CASE(percentiles_are_spaced_by_their_nines) {
  BOOST_TEST(bench::nines_of(0) == 0.0);
  BOOST_TEST(bench::nines_of(90) == 1.0);
  BOOST_TEST(bench::nines_of(99) == 2.0);
  BOOST_TEST(bench::nines_of(99.99) == 4.0);
}

BOOST_AUTO_TEST_SUITE_END()
