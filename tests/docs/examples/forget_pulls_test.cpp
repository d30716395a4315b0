// A message more for an actor that is there already.
#include "actors/pull_counter.hpp"

#include "support/actor_fixture.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstddef>

BOOST_AUTO_TEST_SUITE(forget_pulls)

using namespace gantry;

// [snippet forget-test]
BOOST_FIXTURE_TEST_CASE(what_was_forgotten_is_unknown, test::actor_fixture) {
  const auto name = repository_name::parse("busy").value();
  auto counter = system.spawn(gantry::pull_counter, std::size_t{10});
  caf::anon_send(counter, msg::count_pull{name});
  BOOST_TEST(ask<msg::pull_count>(counter, msg::forget_pulls{name}).value().pulls == 1);
  const auto again = ask<msg::pull_count>(counter, msg::forget_pulls{name});
  BOOST_TEST(again.error().code == errc::name_unknown);
  caf::anon_send_exit(counter, caf::exit_reason::user_shutdown);
}
// [/snippet]

BOOST_AUTO_TEST_SUITE_END()
