#include "bench/schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>

namespace bench = gantry::bench;
using namespace std::chrono_literals;

namespace {

const bench::schedule::time_point start{1000s};

bench::load_shape lasting(std::chrono::nanoseconds duration) {
  bench::load_shape how;
  how.duration = duration;
  return how;
}

bench::load_shape counting(std::uint64_t count) {
  bench::load_shape how;
  how.count = count;
  return how;
}

} // namespace

BOOST_AUTO_TEST_SUITE(schedule)

BOOST_AUTO_TEST_CASE(a_duration_hands_out_images_until_it_is_over) {
  bench::schedule plan{lasting(10s), start};
  BOOST_TEST(plan.take(start)->number == 0u);
  BOOST_TEST(plan.take(start + 9s)->number == 1u);
  BOOST_TEST(!plan.take(start + 10s).has_value());
  BOOST_TEST(plan.numbers() == 2u);
  BOOST_TEST((plan.measured() == 10s));
}

BOOST_AUTO_TEST_CASE(work_that_ends_outside_the_window_does_not_count) {
  auto how = lasting(10s);
  how.warmup = 5s;
  const bench::schedule plan{how, start};
  BOOST_TEST(!plan.is_within(start + 4s));
  BOOST_TEST(plan.is_within(start + 5s));
  BOOST_TEST(plan.is_within(start + 14s));
  BOOST_TEST(!plan.is_within(start + 15s));
}

BOOST_AUTO_TEST_CASE(a_count_is_of_images_after_the_warmup) {
  auto how = counting(2);
  how.warmup = 5s;
  bench::schedule plan{how, start};
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(!plan.take(start + 4s)->counts);
  BOOST_TEST(plan.take(start + 5s)->counts);
  BOOST_TEST(plan.take(start + 6s)->counts);
  BOOST_TEST(!plan.take(start + 6s).has_value());
}

BOOST_AUTO_TEST_CASE(a_count_is_measured_until_the_last_image_ends) {
  bench::schedule plan{counting(2), start};
  plan.take(start);
  plan.take(start);
  plan.finished(start + 7s);
  plan.finished(start + 6s);
  BOOST_TEST((plan.measured() == 7s));
}

BOOST_AUTO_TEST_CASE(a_stop_ends_the_load_immediately) {
  bench::schedule plan{counting(100), start};
  plan.take(start);
  plan.finished(start + 1s);
  plan.stop(start + 3s);
  BOOST_TEST(!plan.take(start + 3s).has_value());
  BOOST_TEST(!plan.is_within(start + 3s));
  BOOST_TEST((plan.measured() == 3s));
  plan.stop(start + 9s);
  BOOST_TEST((plan.measured() == 3s));
}

BOOST_AUTO_TEST_CASE(a_stop_during_the_warmup_measures_nothing) {
  auto how = lasting(10s);
  how.warmup = 5s;
  bench::schedule plan{how, start};
  plan.stop(start + 1s);
  BOOST_TEST((plan.measured() == 0s));
}

BOOST_AUTO_TEST_CASE(a_rate_plans_each_image_whenever_it_is_taken) {
  auto how = lasting(10s);
  how.rate = 4;
  bench::schedule plan{how, start};
  BOOST_TEST((plan.take(start)->planned == start));
  BOOST_TEST((plan.take(start)->planned == start + 250ms));
  // Taken late: its latency counts from when it was due.
  BOOST_TEST((plan.take(start + 5s)->planned == start + 500ms));
}

BOOST_AUTO_TEST_CASE(a_rate_hands_out_nothing_that_is_due_after_the_end) {
  auto how = lasting(1s);
  how.rate = 2;
  bench::schedule plan{how, start};
  BOOST_TEST(plan.take(start).has_value());
  BOOST_TEST(plan.take(start).has_value());
  BOOST_TEST(!plan.take(start).has_value());
  BOOST_TEST(plan.missed(start + 2s) == 0u);
}

BOOST_AUTO_TEST_CASE(images_without_a_free_client_are_missed) {
  auto how = lasting(10s);
  how.rate = 4;
  bench::schedule plan{how, start};
  plan.take(start);
  plan.take(start + 1s);
  BOOST_TEST(plan.missed(start + 1s) == 2u);
  BOOST_TEST(plan.missed(start + 20s) == 38u);
}

BOOST_AUTO_TEST_CASE(clients_join_one_after_another) {
  auto how = lasting(10s);
  how.ramp = 8s;
  const bench::schedule plan{how, start};
  BOOST_TEST((plan.joins_at(0) == start));
  BOOST_TEST((plan.joins_at(0.5) == start + 4s));
  BOOST_TEST((plan.begin() == start + 8s));
  BOOST_TEST((plan.end() == start + 18s));
}

BOOST_AUTO_TEST_CASE(a_ramp_is_part_of_the_warmup) {
  auto how = lasting(10s);
  how.warmup = 9s;
  how.ramp = 8s;
  BOOST_TEST((bench::schedule{how, start}.begin() == start + 9s));
}

BOOST_AUTO_TEST_CASE(a_rate_grows_and_then_stays) {
  auto how = lasting(10s);
  how.rate = 2;
  how.ramp = 4s;
  bench::schedule plan{how, start};
  BOOST_TEST((plan.joins_at(0.5) == start));
  BOOST_TEST((plan.take(start)->planned == start));
  BOOST_TEST((plan.take(start)->planned == start + 2s));
  plan.take(start);
  plan.take(start);
  const auto first_at_full_rate = plan.take(start);
  BOOST_TEST((first_at_full_rate->planned == start + 4s));
  BOOST_TEST(first_at_full_rate->counts);
  BOOST_TEST((plan.take(start)->planned == start + 4s + 500ms));
}

BOOST_AUTO_TEST_CASE(images_due_during_a_ramp_are_not_missed) {
  auto how = lasting(10s);
  how.rate = 2;
  how.ramp = 4s;
  bench::schedule plan{how, start};
  BOOST_TEST(plan.missed(start + 4s) == 0u);
  BOOST_TEST(plan.missed(start + 6s) == 4u);
  BOOST_TEST(plan.missed(start + 20s) == 20u);
}

BOOST_AUTO_TEST_SUITE_END()
