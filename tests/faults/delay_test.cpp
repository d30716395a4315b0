// The times that delays draw.
#include "faults/delay.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

using namespace gantry::faults;
using std::chrono::milliseconds;

namespace {

constexpr int draws = 2000;

std::vector<int> times_of(const delay_time& times, unsigned seed = 1) {
  std::mt19937_64 random{seed};
  std::vector<int> drawn;
  for (int i = 0; i < draws; ++i)
    drawn.push_back(static_cast<int>(draw(times, random).count()));
  return drawn;
}

template <class Test>
auto count(const std::vector<int>& times, Test test) {
  return std::ranges::count_if(times, test);
}

const delay_time normal{distribution::normal, milliseconds{0}, longest_delay, milliseconds{500},
                        milliseconds{100}};
const delay_time exponential{
  distribution::exponential, milliseconds{0}, longest_delay, milliseconds{1000}, {}};

} // namespace

BOOST_AUTO_TEST_SUITE(delay)

BOOST_AUTO_TEST_CASE(equal_limits_give_one_time) {
  for (const auto time : times_of({.least = milliseconds{7}, .most = milliseconds{7}}))
    BOOST_REQUIRE(time == 7);
}

BOOST_AUTO_TEST_CASE(an_even_delay_reaches_both_limits_and_no_more) {
  const auto times = times_of({.least = milliseconds{10}, .most = milliseconds{12}});
  for (const int each : {10, 11, 12})
    BOOST_TEST(std::ranges::count(times, each) > draws / 4);
  BOOST_TEST(count(times, [](int time) { return time >= 10 && time <= 12; }) == draws);
}

/// Two thirds of a normal distribution are within one deviation, 95 % within two.
BOOST_AUTO_TEST_CASE(a_normal_delay_lies_around_its_mean) {
  const auto times = times_of(normal);
  const auto near = count(times, [](int time) { return time >= 400 && time <= 600; });
  BOOST_TEST(near > draws * 60 / 100);
  BOOST_TEST(near < draws * 76 / 100);
  BOOST_TEST(count(times, [](int time) { return time >= 300 && time <= 700; }) > draws * 92 / 100);
  const auto shorter = count(times, [](int time) { return time < 500; });
  BOOST_TEST(shorter > draws * 45 / 100);
  BOOST_TEST(shorter < draws * 55 / 100);
}

/// 63 % of an exponential distribution are below its mean, 5 % above three times that.
BOOST_AUTO_TEST_CASE(an_exponential_delay_is_mostly_short) {
  const auto times = times_of(exponential);
  const auto shorter = count(times, [](int time) { return time < 1000; });
  BOOST_TEST(shorter > draws * 58 / 100);
  BOOST_TEST(shorter < draws * 68 / 100);
  BOOST_TEST(count(times, [](int time) { return time > 3000; }) > draws * 2 / 100);
}

BOOST_AUTO_TEST_CASE(times_are_cut_to_the_limits) {
  for (auto times : {normal, exponential}) {
    times.least = milliseconds{450};
    times.most = milliseconds{550};
    const auto drawn = times_of(times);
    BOOST_TEST(*std::ranges::min_element(drawn) == 450);
    BOOST_TEST(*std::ranges::max_element(drawn) == 550);
  }
  auto wild = normal;
  wild.deviation = longest_delay;
  const auto drawn = times_of(wild);
  BOOST_TEST(*std::ranges::min_element(drawn) == 0);
  BOOST_TEST(*std::ranges::max_element(drawn) == longest_delay.count());
}

BOOST_AUTO_TEST_CASE(the_same_seed_draws_the_same_times) {
  for (const auto& times : {normal, exponential}) {
    BOOST_TEST((times_of(times, 7) == times_of(times, 7)));
    BOOST_TEST((times_of(times, 7) != times_of(times, 8)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
