#include "bench/latency_histogram.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

using histogram_type = gantry::bench::latency_histogram;
using std::chrono::hours;
using std::chrono::microseconds;

namespace {

constexpr double percentiles[] = {0, 1, 50, 75, 90, 99, 99.9, 99.99, 100};

/// From a microsecond to an hour, each magnitude equally often.
std::vector<std::int64_t> spread_values(std::size_t count) {
  std::mt19937_64 random{7};
  std::uniform_real_distribution<double> exponent{0, std::log10(3.6e9)};
  std::vector<std::int64_t> values(count);
  for (auto& value : values)
    value = static_cast<std::int64_t>(std::pow(10, exponent(random)));
  return values;
}

histogram_type histogram_of(const std::vector<std::int64_t>& values) {
  histogram_type histogram;
  for (const auto value : values)
    histogram.record(microseconds{value});
  return histogram;
}

} // namespace

BOOST_AUTO_TEST_SUITE(latency_histogram)

BOOST_AUTO_TEST_CASE(nothing_recorded_is_zero_everywhere) {
  const histogram_type empty;
  BOOST_TEST(empty.count() == 0u);
  BOOST_TEST(empty.max().count() == 0);
  BOOST_TEST(empty.mean() == 0.0);
  BOOST_TEST(empty.percentile(99).count() == 0);
}

BOOST_DATA_TEST_CASE(a_single_value_is_every_percentile, percentiles) {
  const auto one = histogram_of({123'456'789});
  BOOST_TEST(one.percentile(sample).count() == 123'456'789);
}

BOOST_AUTO_TEST_CASE(values_up_to_two_milliseconds_are_exact) {
  std::vector<std::int64_t> values;
  for (std::int64_t value = 1; value <= 2000; ++value)
    values.push_back(value);
  const auto histogram = histogram_of(values);
  BOOST_TEST(histogram.percentile(50).count() == 1000);
  BOOST_TEST(histogram.percentile(99).count() == 1980);
  BOOST_TEST(histogram.percentile(99.95).count() == 1999);
  BOOST_TEST(histogram.percentile(100).count() == 2000);
}

BOOST_DATA_TEST_CASE(percentiles_are_within_a_thousandth_of_the_true_ones, percentiles) {
  auto values = spread_values(20'000);
  const auto histogram = histogram_of(values);
  std::sort(values.begin(), values.end());
  const auto rank = std::ceil(sample / 100 * static_cast<double>(values.size()));
  const auto truth = values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
  const auto found = histogram.percentile(sample).count();
  BOOST_TEST(found >= truth);
  BOOST_TEST(static_cast<double>(found) <= static_cast<double>(truth) * 1.001);
}

BOOST_AUTO_TEST_CASE(count_mean_and_max_are_exact) {
  const auto histogram = histogram_of({10, 20, 4'000'001});
  BOOST_TEST(histogram.count() == 3u);
  BOOST_TEST(histogram.mean() == 4'000'031 / 3.0);
  BOOST_TEST(histogram.max().count() == 4'000'001);
  BOOST_TEST(histogram.percentile(100).count() == 4'000'001);
}

BOOST_AUTO_TEST_CASE(values_beyond_the_range_are_clamped) {
  auto histogram = histogram_of({0, -5});
  BOOST_TEST(histogram.percentile(100).count() == 1);
  histogram.record(hours{30});
  BOOST_TEST(histogram.count() == 3u);
  BOOST_TEST((histogram.max() == hours{1}));
  BOOST_TEST((histogram.percentile(100) == hours{1}));
}

BOOST_AUTO_TEST_CASE(merged_histograms_are_those_of_all_values) {
  const auto values = spread_values(1000);
  const std::vector<std::int64_t> some(values.begin(), values.begin() + 300);
  const std::vector<std::int64_t> others(values.begin() + 300, values.end());
  auto merged = histogram_of(some);
  merged.merge(histogram_of(others));
  merged.merge({});
  BOOST_CHECK(merged == histogram_of(values));
  histogram_type from_empty;
  from_empty.merge(merged);
  BOOST_CHECK(from_empty == merged);
}

BOOST_AUTO_TEST_CASE(a_cleared_one_starts_again) {
  auto histogram = histogram_of({5000, 6000});
  histogram.clear();
  BOOST_TEST(histogram.count() == 0u);
  histogram.record(microseconds{3});
  BOOST_TEST(histogram.percentile(99).count() == 3);
  BOOST_TEST(histogram.mean() == 3.0);
}

BOOST_AUTO_TEST_SUITE_END()
