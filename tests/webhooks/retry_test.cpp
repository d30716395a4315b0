// Pauses after failures.
#include "webhooks/retry.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>

using namespace gantry::webhooks;
using namespace std::chrono_literals;

namespace {

std::chrono::milliseconds after(std::size_t failures,
                                std::optional<std::chrono::seconds> wanted = std::nullopt) {
  return pause_after(failures, 3, 1s, wanted, 1);
}

} // namespace

BOOST_AUTO_TEST_SUITE(retry)

BOOST_AUTO_TEST_CASE(there_is_no_pause_below_the_threshold) {
  BOOST_CHECK(after(1) == 0s);
  BOOST_CHECK(after(2) == 0s);
  BOOST_CHECK(after(3) == 1s);
  BOOST_CHECK(pause_after(1, 1, 1s, std::nullopt, 1) == 1s);
}

BOOST_AUTO_TEST_CASE(pauses_double_up_to_a_limit) {
  BOOST_CHECK(after(4) == 2s);
  BOOST_CHECK(after(6) == 8s);
  BOOST_CHECK(after(12) == longest_pause);
  BOOST_CHECK(after(1'000'000) == longest_pause);
  BOOST_CHECK(pause_after(2, 1, 1h, std::nullopt, 1) == 1h);
}

BOOST_AUTO_TEST_CASE(a_part_of_a_pause_is_taken) {
  BOOST_CHECK(pause_after(4, 3, 1s, std::nullopt, 0.5) == 1s);
}

BOOST_AUTO_TEST_CASE(an_endpoint_may_want_a_longer_pause) {
  BOOST_CHECK(after(1, 7s) == 7s);
  BOOST_CHECK(after(6, 7s) == 8s);
  BOOST_CHECK(after(1, 24h) == longest_pause);
}

BOOST_AUTO_TEST_SUITE_END()
