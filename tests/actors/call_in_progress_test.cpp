#include "actors/call_in_progress.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <thread>

BOOST_AUTO_TEST_SUITE(call_in_progress)

using call = gantry::call_in_progress;

BOOST_AUTO_TEST_CASE(it_ends_with_its_scope) {
  std::optional<call> running{std::in_place};
  const auto ticket = running->make_ticket();
  BOOST_TEST(ticket.is_here());
  running.reset();
  BOOST_TEST(!ticket.is_here());
  const call later; // perhaps at the same place
  BOOST_TEST(!ticket.is_here());
}

BOOST_AUTO_TEST_CASE(the_innermost_one_counts) {
  const call outer;
  const auto ticket = outer.make_ticket();
  {
    const call inner;
    BOOST_TEST(!ticket.is_here());
    BOOST_TEST(inner.make_ticket().is_here());
  }
  BOOST_TEST(ticket.is_here());
}

BOOST_AUTO_TEST_CASE(other_threads_have_their_own) {
  const call here;
  const auto ticket = here.make_ticket();
  std::thread{[&] {
    const call there; // the first of its thread, too
    BOOST_TEST(!ticket.is_here());
    BOOST_TEST(there.make_ticket().is_here());
  }}.join();
}

BOOST_AUTO_TEST_SUITE_END()
