// Histories keep all promises, and a seed decides everything.
#include "simulation/world.hpp"

#include "simulation/campaign.hpp"
#include "simulation/silent_log.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace gantry::simulation;

BOOST_FIXTURE_TEST_SUITE(world, silent_log)

BOOST_AUTO_TEST_CASE(a_seed_gives_the_same_history_to_the_letter) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      std::ostringstream first_text;
      std::ostringstream second_text;
      const auto first = run(make_history(seed), {}, &first_text);
      const auto second = run(make_history(seed), {}, &second_text);
      BOOST_TEST(first.trace == second.trace);
      BOOST_TEST(first.steps == second.steps);
      BOOST_TEST(first_text.str() == second_text.str());
    }
  }
}

BOOST_AUTO_TEST_CASE(other_seeds_give_other_histories) {
  BOOST_TEST(run(make_history(1)).trace != run(make_history(2)).trace);
}

BOOST_AUTO_TEST_CASE(histories_are_long_enough_to_tell_something) {
  totals sum;
  const auto failed = search(
    1, [&] { return sum.histories < 200; }, {}, sum);
  BOOST_TEST(!failed);
  BOOST_TEST(sum.histories == 200u);
  BOOST_TEST(sum.answered > 200u * 30);
  BOOST_TEST(sum.crashes > 50u);
  BOOST_TEST(sum.losses_of_power > 50u);
}

BOOST_AUTO_TEST_SUITE_END()
