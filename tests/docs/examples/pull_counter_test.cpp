// An actor of one's own, tested as a state and as an actor.
#include "actors/pull_counter.hpp"

#include "support/actor_fixture.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstddef>

BOOST_AUTO_TEST_SUITE(pull_counter)

using namespace gantry;

// [snippet pull-state-test]
BOOST_AUTO_TEST_CASE(each_repository_is_counted_for_itself) {
  pull_counter_state state;
  state.set_limit(2);
  const auto busy = repository_name::parse("busy").value();
  const auto quiet = repository_name::parse("quiet").value();
  state.count(busy);
  state.count(busy);
  BOOST_TEST(state.find(busy).value().pulls == 2);
  BOOST_TEST(state.find(quiet).error().code == errc::name_unknown);
}

BOOST_AUTO_TEST_CASE(repositories_beyond_the_limit_stay_unknown) {
  pull_counter_state state;
  state.set_limit(1);
  const auto first = repository_name::parse("first").value();
  const auto second = repository_name::parse("second").value();
  for (const auto& each : {first, second, first})
    state.count(each);
  BOOST_TEST(state.find(first).value().pulls == 2);
  BOOST_TEST(state.find(second).error().code == errc::name_unknown);
}
// [/snippet]

// [snippet pull-actor-test]
BOOST_FIXTURE_TEST_CASE(the_actor_answers_what_was_counted, test::actor_fixture) {
  const auto name = repository_name::parse("busy").value();
  auto counter = system.spawn(gantry::pull_counter, std::size_t{10});
  caf::anon_send(counter, msg::count_pull{name});
  const auto answer = ask<msg::pull_count>(counter, msg::open_pull_count{name});
  BOOST_TEST(answer.value().pulls == 1);
  caf::anon_send_exit(counter, caf::exit_reason::user_shutdown);
}
// [/snippet]

BOOST_AUTO_TEST_SUITE_END()
