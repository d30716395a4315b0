// The budget that sinks, blobs and metadata share.
#include "storage/memory/byte_budget.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(byte_budget)

using gantry::errc;
using gantry::storage::byte_claim;
using budget_type = gantry::storage::byte_budget;

BOOST_AUTO_TEST_CASE(bytes_up_to_the_limit_can_be_taken) {
  budget_type budget{10};
  BOOST_TEST(budget.take(4).has_value());
  BOOST_TEST(budget.take(6).has_value());
  BOOST_TEST(budget.take(0).has_value());
  BOOST_TEST(budget.used() == 10U);
}

BOOST_AUTO_TEST_CASE(a_refusal_says_how_much_is_used_and_takes_nothing) {
  budget_type budget{10};
  BOOST_REQUIRE(budget.take(7).has_value());
  const auto refused = budget.take(4);
  BOOST_REQUIRE(refused.has_error());
  BOOST_TEST((refused.error().code == errc::insufficient_storage));
  BOOST_TEST(refused.error().detail == "the storage limit is reached: 7 of 10 bytes are in use");
  BOOST_TEST(budget.used() == 7U);
}

BOOST_AUTO_TEST_CASE(giant_amounts_do_not_wrap_around) {
  constexpr auto giant = std::numeric_limits<std::uint64_t>::max();
  budget_type budget{giant - 1};
  BOOST_REQUIRE(budget.take(5).has_value());
  BOOST_TEST(budget.take(giant).has_error());
  BOOST_TEST(budget.take(giant - 5).has_error());
  BOOST_TEST(budget.used() == 5U);
}

BOOST_AUTO_TEST_CASE(a_claim_gives_back_what_it_took) {
  const auto budget = std::make_shared<budget_type>(10);
  {
    byte_claim claim{budget};
    BOOST_TEST(claim.grow(8).has_value());
    claim.shrink(3);
    BOOST_TEST(budget->used() == 5U);
    const byte_claim moved{std::move(claim)};
    BOOST_TEST(budget->used() == 5U);
  }
  BOOST_TEST(budget->used() == 0U);
}

BOOST_AUTO_TEST_CASE(a_claim_that_cannot_grow_stays_as_it_was) {
  const auto budget = std::make_shared<budget_type>(10);
  byte_claim claim{budget};
  BOOST_REQUIRE(claim.grow(8).has_value());
  BOOST_TEST(claim.grow(3).has_error());
  BOOST_TEST(budget->used() == 8U);
}

BOOST_AUTO_TEST_CASE(pressure_makes_room_before_a_refusal) {
  budget_type budget{10};
  int calls = 0;
  budget.on_pressure([&] {
    ++calls;
    if (calls == 1)
      budget.give_back(6);
  });
  BOOST_REQUIRE(budget.take(9).has_value());
  BOOST_TEST(calls == 0);
  BOOST_TEST(budget.take(5).has_value());
  BOOST_TEST(budget.used() == 8U);
  BOOST_TEST(budget.take(5).has_error());
  BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(threads_never_take_more_than_there_is) {
  const auto budget = std::make_shared<budget_type>(1000);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([budget] {
      for (int round = 0; round < 2000; ++round) {
        byte_claim claim{budget};
        const auto grown = claim.grow(300);
        if (budget->used() > 1000)
          throw std::logic_error{"over the limit"};
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(budget->used() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
