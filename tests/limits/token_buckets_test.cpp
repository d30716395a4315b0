// Buckets of tokens, on a clock of the test's own.
#include "limits/token_buckets.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace gantry::limits;
using namespace std::chrono_literals;

namespace {

struct clocked_buckets {
  /// Whether a token is taken.
  bool take(std::string_view name = "a") { return buckets.take(name, now) == 0ns; }

  token_buckets buckets{{10, 1s}};
  token_buckets::time_point now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(token_buckets, clocked_buckets)

BOOST_AUTO_TEST_CASE(a_full_bucket_serves_a_burst_and_then_the_rate) {
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(take());
  BOOST_TEST(!take());
  now += 99ms;
  BOOST_TEST(!take());
  now += 1ms;
  BOOST_TEST(take());
  BOOST_TEST(!take());
}

BOOST_AUTO_TEST_CASE(the_wait_says_when_the_next_token_comes) {
  for (int i = 0; i < 10; ++i)
    take();
  BOOST_CHECK(buckets.take("a", now) == 100ms);
  now += 30ms;
  BOOST_CHECK(buckets.take("a", now) == 70ms); // asking in vain costs nothing
}

BOOST_AUTO_TEST_CASE(a_bucket_never_holds_more_than_its_count) {
  take();
  now += 24h;
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(take());
  BOOST_TEST(!take());
}

BOOST_AUTO_TEST_CASE(each_name_has_its_own) {
  for (int i = 0; i < 10; ++i)
    take("a");
  BOOST_TEST(!take("a"));
  BOOST_TEST(take("b"));
}

BOOST_AUTO_TEST_CASE(names_take_bounded_memory_and_the_least_used_goes_first) {
  for (int i = 0; i < 10; ++i)
    take("first");
  for (std::size_t i = 0; i < gantry::limits::token_buckets::max_buckets + 10; ++i) {
    take(std::to_string(i));
    if (i % 1000 == 0)
      BOOST_TEST(!take("first")); // asked now and then, it stays
  }
  BOOST_TEST(buckets.size() == gantry::limits::token_buckets::max_buckets);
  BOOST_TEST(!take("first"));
}

BOOST_AUTO_TEST_SUITE_END()
