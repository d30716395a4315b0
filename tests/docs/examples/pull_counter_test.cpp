// An actor of one's own, tested as a state and as an actor.
#include "actors/pull_counter.hpp"

#include "support/actor_fixture.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(pull_counter)

using namespace gantry;

// [snippet pull-state-test]
struct counting : test::actor_fixture {
  counting() { state.open(services); }

  /// One that holds something.
  repository_name filled(std::string_view name) {
    push_blob(open_repository(name), "content");
    return repository_name::parse(name).value();
  }

  pull_counter_state state;
};

BOOST_FIXTURE_TEST_CASE(each_repository_is_counted_for_itself, counting) {
  const auto busy = filled("busy");
  const auto quiet = filled("quiet");
  state.count(busy);
  state.count(busy);
  BOOST_TEST(state.find(busy, true).value().pulls == 2);
  BOOST_TEST(state.find(quiet, true).value().pulls == 0);
  const auto absent = repository_name::parse("absent").value();
  BOOST_TEST(state.find(absent, false).error().code == errc::name_unknown);
}

BOOST_FIXTURE_TEST_CASE(repositories_beyond_the_limit_are_not_counted, counting) {
  for (std::size_t i = 0; i < max_counted_repositories; ++i)
    state.count(repository_name::parse("r" + std::to_string(i)).value());
  const auto late = filled("late");
  state.count(late);
  BOOST_TEST(state.find(late, true).value().pulls == 0);
}
// [/snippet]

// [snippet pull-actor-test]
struct asking : counting {
  std::uint64_t pulls_of(const repository_name& name) {
    return ask<msg::pull_count>(services.pull_counter.get(), msg::get_pulls{name}).value().pulls;
  }
  void pull(const repository_name& name) {
    caf::anon_send(services.pull_counter.get(), msg::count_pull{name});
  }
};

BOOST_FIXTURE_TEST_CASE(the_actor_answers_what_was_counted, asking) {
  const auto busy = filled("busy");
  pull(busy);
  BOOST_TEST(pulls_of(busy) == 1);
}

BOOST_FIXTURE_TEST_CASE(a_reset_begins_anew, asking) {
  pull(filled("busy"));
  BOOST_TEST_REQUIRE(ask<msg::acknowledged>(services.directory.get(), msg::reset{}).has_value());
  BOOST_TEST(pulls_of(filled("busy")) == 0);
}

BOOST_FIXTURE_TEST_CASE(a_counter_that_dies_is_started_again_at_zero, asking) {
  const auto busy = filled("busy");
  pull(busy);
  caf::anon_send_exit(services.pull_counter.get(), caf::exit_reason::kill);
  scheduler.run();
  BOOST_TEST(pulls_of(busy) == 0);
  pull(busy);
  BOOST_TEST(pulls_of(busy) == 1);
}

BOOST_FIXTURE_TEST_CASE(the_shutdown_takes_it_along, asking) {
  stop();
  BOOST_TEST(!services.pull_counter.get());
  pull(repository_name::parse("late").value()); // goes nowhere
}
// [/snippet]

BOOST_AUTO_TEST_SUITE_END()
