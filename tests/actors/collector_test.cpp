#include "actors/collector.hpp"

#include "actors/dispatch.hpp"
#include "support/actor_fixture.hpp"
#include "support/threaded_actors.hpp"

#include <string>

using namespace gantry;

namespace {

struct collecting : test::actor_fixture {
  /// What the collector's timer does at each interval.
  void collect() {
    auto rounds = system.spawn(gantry::collector, &services);
    requester->send(rounds, msg::tick{});
    scheduler.run();
    caf::anon_send_exit(rounds, caf::exit_reason::user_shutdown);
    scheduler.run();
  }
  repository_actor home = open_repository("a/b");
};

} // namespace

BOOST_AUTO_TEST_SUITE(collector)

BOOST_FIXTURE_TEST_CASE(an_untouched_upload_expires, collecting) {
  // case 115
  auto upload = ask<msg::upload_started>(home, msg::start_upload{});
  BOOST_REQUIRE(upload);
  now += services.options.upload_expiry / 2;
  collect();
  BOOST_CHECK(ask<msg::upload_status>(upload->session, msg::get_upload_status{}));
  now += services.options.upload_expiry;
  collect();
  BOOST_TEST(services.uploads.size() == 0u);
  BOOST_CHECK(!ask<msg::upload_status>(upload->session, msg::get_upload_status{}));
}

BOOST_FIXTURE_TEST_CASE(an_open_chunk_keeps_an_upload_while_bytes_arrive, collecting) {
  auto upload = ask<msg::upload_started>(home, msg::start_upload{});
  const auto chunk = begin_chunk(upload->session);
  for (int round = 0; round < 3; ++round) {
    now += services.options.upload_expiry / 2;
    BOOST_REQUIRE(ask<msg::acknowledged>(upload->session, msg::append_chunk{chunk, chunk_of("x")}));
    collect();
    BOOST_TEST(services.uploads.size() == 1u);
  }
  now += services.options.upload_expiry;
  collect();
  BOOST_TEST(services.uploads.size() == 0u);
}

BOOST_FIXTURE_TEST_CASE(idle_repositories_are_put_to_sleep, collecting) {
  open_repository("c");
  now += services.options.repository_idle;
  collect();
  BOOST_TEST(services.repositories.size() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_sweep_runs_in_slices_and_asks_only_due_actors, collecting) {
  constexpr auto due = 3 * sweep_slice + 10;
  for (std::size_t i = 0; i < due; ++i)
    BOOST_REQUIRE(ask<msg::upload_started>(home, msg::start_upload{}));
  now += services.options.upload_expiry / 2;
  for (std::size_t i = 0; i < 10; ++i)
    BOOST_REQUIRE(ask<msg::upload_started>(home, msg::start_upload{}));
  now += services.options.upload_expiry / 2;
  requester->send(services.collector.get(), msg::tick{});
  scheduler.run();
  BOOST_TEST(services.uploads.size() == due - sweep_slice + 10);
  for (int slice = 0; slice < 3; ++slice) {
    scheduler.advance_time(slice_pause);
    scheduler.run();
  }
  BOOST_TEST(services.uploads.size() == 10U);
}

BOOST_FIXTURE_TEST_CASE(repositories_sleep_in_slices, collecting) {
  for (std::size_t i = 0; i < 2 * sweep_slice; ++i)
    open_repository("many/" + std::to_string(i));
  now += services.options.repository_idle;
  requester->send(services.collector.get(), msg::tick{});
  scheduler.run();
  BOOST_TEST(services.repositories.size() == sweep_slice + 1);
  scheduler.advance_time(slice_pause);
  scheduler.run();
  scheduler.advance_time(slice_pause);
  scheduler.run();
  BOOST_TEST(services.repositories.size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(catching_up_answers_once_all_due_uploads_were_told, collecting) {
  for (std::size_t i = 0; i < sweep_slice + 10; ++i)
    BOOST_REQUIRE(ask<msg::upload_started>(home, msg::start_upload{}));
  now += services.options.upload_expiry;
  auto pending = requester->request(services.collector.get(), caf::infinite, msg::catch_up{});
  scheduler.run();
  BOOST_TEST(!requester->has_next_message());
  BOOST_TEST(services.uploads.size() == 10U);
  scheduler.advance_time(slice_pause);
  scheduler.run();
  pending.receive([](msg::acknowledged&) {}, [](const caf::error&) { BOOST_ERROR("refused"); });
  BOOST_TEST(services.uploads.size() == 0U);
  BOOST_TEST(services.open_uploads() == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_timer_starts_rounds_by_itself, collecting) {
  auto upload = ask<msg::upload_started>(home, msg::start_upload{});
  BOOST_REQUIRE(upload);
  now += 2 * services.options.upload_expiry;
  scheduler.advance_time(services.options.collect_interval);
  scheduler.run();
  BOOST_TEST(services.uploads.size() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_collection_answers_all_who_asked, test::threaded_actors) {
  const auto rounds = services.collector.get();
  const auto status = [&] { return ask<msg::gc_status>(rounds, msg::get_gc_status{}).value(); };
  BOOST_TEST(!status().last.has_value());
  auto first = requester->request(rounds, caf::infinite, msg::collect_garbage{});
  auto second = requester->request(rounds, caf::infinite, msg::collect_garbage{});
  for (auto* pending : {&first, &second})
    pending->receive([](msg::collection_reply& reply) { BOOST_TEST(reply.report.blobs == 0u); },
                     [](const caf::error&) { BOOST_ERROR("the collection failed"); });
  const auto after = status();
  BOOST_TEST(!after.running);
  BOOST_TEST(after.last.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
