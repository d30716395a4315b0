// A shared budget, its claims, and its queue.
#include "base/byte_budget.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdint>
#include <future>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(byte_budget)

using gantry::byte_claim;
using budget_type = gantry::byte_budget;

BOOST_AUTO_TEST_CASE(bytes_up_to_the_limit_can_be_taken) {
  budget_type budget{10};
  BOOST_TEST(budget.try_take(4));
  BOOST_TEST(budget.try_take(6));
  BOOST_TEST(budget.try_take(0));
  BOOST_TEST(budget.used() == 10U);
}

BOOST_AUTO_TEST_CASE(a_refusal_takes_nothing) {
  budget_type budget{10};
  BOOST_REQUIRE(budget.try_take(7));
  BOOST_TEST(!budget.try_take(4));
  BOOST_TEST(budget.used() == 7U);
}

BOOST_AUTO_TEST_CASE(giant_amounts_do_not_overflow) {
  constexpr auto giant = std::numeric_limits<std::uint64_t>::max();
  budget_type budget{giant - 1};
  BOOST_REQUIRE(budget.try_take(5));
  BOOST_TEST(!budget.try_take(giant));
  BOOST_TEST(!budget.try_take(giant - 5));
  BOOST_TEST(budget.used() == 5U);
}

BOOST_AUTO_TEST_CASE(a_claim_returns_its_bytes) {
  const auto budget = std::make_shared<budget_type>(10);
  {
    byte_claim claim{budget};
    BOOST_TEST(claim.try_grow(8));
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
  BOOST_REQUIRE(claim.try_grow(8));
  BOOST_TEST(!claim.try_grow(3));
  BOOST_TEST(budget->used() == 8U);
}

BOOST_AUTO_TEST_CASE(threads_never_exceed_the_limit) {
  const auto budget = std::make_shared<budget_type>(1000);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([budget] {
      for (int round = 0; round < 2000; ++round) {
        byte_claim claim{budget};
        static_cast<void>(claim.try_grow(300));
        if (budget->used() > 1000)
          throw std::logic_error{"over the limit"};
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(budget->used() == 0U);
}

BOOST_AUTO_TEST_CASE(irrefusable_bytes_may_exceed_the_limit) {
  const auto budget = std::make_shared<budget_type>(10);
  byte_claim claim{budget};
  claim.grow_anyway(15);
  BOOST_TEST(budget->used() == 15U);
  BOOST_TEST(!budget->try_take(1));
  claim.release();
  BOOST_TEST(budget->used() == 0U);
}

BOOST_AUTO_TEST_CASE(waiters_are_served_in_order) {
  budget_type budget{10};
  std::string order;
  BOOST_REQUIRE(budget.try_take(10));
  budget.wait_for(6, [&] { order += 'a'; });
  budget.wait_for(2, [&] { order += 'b'; });
  budget.wait_for(4, [&] { order += 'c'; });
  BOOST_TEST(budget.waiting() == 3U);
  budget.give_back(4);
  BOOST_TEST(order == ""); // the second would fit, but has to wait
  budget.give_back(4);
  BOOST_TEST(order == "ab");
  BOOST_TEST(budget.used() == 10U);
  budget.give_back(8);
  BOOST_TEST(order == "abc");
  BOOST_TEST(budget.waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(takers_do_not_overtake_waiters) {
  budget_type budget{10};
  BOOST_REQUIRE(budget.try_take(8));
  const auto place = budget.wait_for(5, [] {});
  BOOST_TEST(!budget.try_take(1));
  BOOST_TEST(budget.leave(place));
  BOOST_TEST(budget.try_take(1));
}

BOOST_AUTO_TEST_CASE(a_leaving_waiter_lets_the_next_one_through) {
  budget_type budget{10};
  bool granted = false;
  BOOST_REQUIRE(budget.try_take(8));
  const auto place = budget.wait_for(5, [] {});
  budget.wait_for(2, [&] { granted = true; });
  BOOST_TEST(!granted);
  BOOST_TEST(budget.leave(place));
  BOOST_TEST(granted);
}

BOOST_AUTO_TEST_CASE(a_granted_waiter_cannot_leave) {
  budget_type budget{10};
  bool granted = false;
  const auto place = budget.wait_for(10, [&] { granted = true; });
  BOOST_TEST(granted);
  BOOST_TEST(!budget.leave(place));
  BOOST_TEST(budget.used() == 10U);
}

BOOST_AUTO_TEST_CASE(all_waiting_threads_are_served) {
  budget_type budget{10};
  std::atomic<int> served{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 1000; ++round) {
        const auto mine = std::make_shared<std::promise<void>>();
        budget.wait_for(7, [mine] { mine->set_value(); });
        mine->get_future().wait();
        ++served;
        budget.give_back(7);
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(served == 4000);
  BOOST_TEST(budget.used() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
