#include "profiles/quota_counter.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(quota_counter)

using namespace std::chrono_literals;
using gantry::profiles::quota_counter;

namespace {

const quota_counter::time_point start{1000h};

} // namespace

BOOST_AUTO_TEST_CASE(a_window_begins_with_the_first_request) {
  quota_counter counter;
  BOOST_TEST(counter.take("a", 2, 10s, start, true).remaining == 1u);
  BOOST_TEST(counter.take("a", 2, 10s, start + 4s, true).within);
  const auto refused = counter.take("a", 2, 10s, start + 4s, true);
  BOOST_TEST(!refused.within);
  BOOST_TEST(refused.remaining == 0u);
  BOOST_TEST((refused.until_more == 6s));
  BOOST_TEST(counter.take("a", 2, 10s, start + 10s, true).within);
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_second_counts_as_one) {
  quota_counter counter;
  counter.take("a", 1, 1s, start, true);
  BOOST_TEST((counter.take("a", 1, 1s, start + 999ms, true).until_more == 1s));
}

BOOST_AUTO_TEST_CASE(a_look_counts_nothing) {
  quota_counter counter;
  BOOST_TEST(counter.take("a", 1, 10s, start, false).remaining == 1u);
  BOOST_TEST(counter.take("a", 1, 10s, start, true).within);
  BOOST_TEST(counter.take("a", 1, 10s, start, false).remaining == 0u);
}

BOOST_AUTO_TEST_CASE(keys_have_windows_of_their_own) {
  quota_counter counter;
  BOOST_TEST(counter.take("a", 1, 10s, start, true).within);
  BOOST_TEST(counter.take("b", 1, 10s, start, true).within);
  BOOST_TEST(!counter.take("a", 1, 10s, start, true).within);
  counter.clear();
  BOOST_TEST(counter.take("a", 1, 10s, start, true).within);
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_back_begins_a_window_anew) {
  quota_counter counter;
  counter.take("a", 1, 10s, start, true);
  BOOST_TEST(counter.take("a", 1, 10s, start - 1s, true).within);
}

BOOST_AUTO_TEST_CASE(the_oldest_window_is_forgotten_when_there_are_too_many) {
  quota_counter counter;
  for (std::size_t i = 0; i <= quota_counter::max_keys; ++i)
    counter.take(std::to_string(i), 1, 1h, start + std::chrono::seconds(i), true);
  const auto now = start + std::chrono::seconds(quota_counter::max_keys + 1);
  BOOST_TEST(!counter.take("1", 1, 10h, now, true).within);
  BOOST_TEST(counter.take("0", 1, 10h, now, true).within);
}

BOOST_AUTO_TEST_SUITE_END()
