#include "actors/supervisor.hpp"

#include "support/actor_fixture.hpp"

using namespace gantry;

BOOST_AUTO_TEST_SUITE(supervisor)

BOOST_FIXTURE_TEST_CASE(a_dead_blob_store_is_restarted, test::actor_fixture) {
  const auto home = open_repository("a/b");
  const auto id = push_blob(home, "content");
  const auto first = services.blob_store(id);
  caf::anon_send_exit(first, caf::exit_reason::kill);
  scheduler.run();
  BOOST_CHECK(services.blob_store(id) != first);
  BOOST_CHECK(ask<msg::blob_reply>(home, msg::get_blob{id, true}));
  push_blob(home, "more");
}

BOOST_FIXTURE_TEST_CASE(a_dead_directory_is_restarted, test::actor_fixture) {
  const auto home = open_repository("a/b");
  const auto first = services.directory.get();
  caf::anon_send_exit(first, caf::exit_reason::kill);
  scheduler.run();
  BOOST_CHECK(services.directory.get() != first);
  // The new directory knows which repositories are awake, and monitors them.
  BOOST_CHECK(open_repository("a/b") == home);
  caf::anon_send_exit(home, caf::exit_reason::kill);
  scheduler.run();
  BOOST_TEST(services.repositories.size() == 0u);
}

BOOST_FIXTURE_TEST_CASE(repeated_deaths_delay_the_restart, test::actor_fixture) {
  const auto die = [this] {
    const auto doomed = services.directory.get();
    caf::anon_send_exit(doomed, caf::exit_reason::kill);
    scheduler.run();
    return doomed;
  };
  die(); // the first death restarts immediately
  const auto second = die();
  BOOST_CHECK(services.directory.get() == second);
  scheduler.advance_time(restart_backoff::shortest);
  scheduler.run();
  const auto third = die();
  BOOST_CHECK(third != second);
  scheduler.advance_time(restart_backoff::shortest);
  scheduler.run();
  BOOST_CHECK(services.directory.get() == third);
  scheduler.advance_time(restart_backoff::shortest);
  scheduler.run();
  BOOST_CHECK(services.directory.get() != third);
}

BOOST_AUTO_TEST_CASE(the_delay_has_a_limit_and_is_forgotten_in_time) {
  restart_backoff backoff;
  time_point now{std::chrono::hours{1}};
  BOOST_TEST(backoff.next(now).count() == 0);
  BOOST_TEST(backoff.next(now).count() == 10);
  BOOST_TEST(backoff.next(now).count() == 20);
  for (int i = 0; i < 20; ++i)
    backoff.next(now);
  BOOST_CHECK(backoff.next(now) == restart_backoff::longest);
  BOOST_TEST(backoff.next(now + restart_backoff::calm).count() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_shutdown_ends_all_actors, test::actor_fixture) {
  const auto home = open_repository("a/b");
  auto upload = ask<msg::upload_started>(home, msg::start_upload{});
  BOOST_REQUIRE(upload);
  stop();
  BOOST_CHECK(!services.directory.get());
  BOOST_TEST(services.repositories.size() == 0u);
  BOOST_TEST(services.uploads.size() == 0u);
  BOOST_CHECK(!ask<msg::upload_status>(upload->session, msg::get_upload_status{}));
}

BOOST_AUTO_TEST_SUITE_END()
