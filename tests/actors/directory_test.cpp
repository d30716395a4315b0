#include "actors/directory.hpp"

#include "actors/dispatch.hpp"
#include "actors/repository.hpp"
#include "base/sanitizers.hpp"
#include "storage/api/answer_of.hpp"
#include "support/actor_fixture.hpp"
#include "support/threaded_actors.hpp"

#include <atomic>
#include <fstream>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace gantry;

namespace {

repository_name name_of(std::string_view text) {
  return repository_name::parse(text).value();
}

[[maybe_unused]] long resident_pages() {
  std::ifstream figures{"/proc/self/statm"};
  long total = 0;
  long resident = 0;
  figures >> total >> resident;
  return resident;
}

/// Seeds one tagged manifest, like a registry.
struct seeded : test::actor_fixture {
  seeded() : actor_fixture{options()} {}

  actor_options options() {
    actor_options chosen;
    chosen.seed = [this] {
      ++seeds;
      const auto value = std::make_shared<const manifest>(manifest::accept("{}", {}));
      manifest_write write{.value = value, .tags = {tag::parse("latest").value()}};
      auto store = engine->metadata().open(name_of("seed"));
      store->put_manifest(
        write, [](const result<missing_references>& written) { BOOST_REQUIRE(written); });
    };
    return chosen;
  }

  result<msg::acknowledged> reset() {
    return ask<msg::acknowledged>(services.directory.get(), msg::reset{});
  }

  int seeds = 0;
};

/// On real threads. The first seed waits for the test.
struct threaded_reset : test::threaded_actors {
  threaded_reset() : threaded_actors{options()} {}

  actor_options options() {
    actor_options chosen;
    chosen.seed = [this] {
      if (++seeds == 1) {
        seeding.count_down();
        go_on.wait();
      }
      manifest_write write{.value = std::make_shared<const manifest>(manifest::accept("{}", {}))};
      engine->metadata().open(name_of("seed"))->put_manifest(write, [](const auto&) {});
    };
    return chosen;
  }

  std::atomic<int> seeds{0};
  std::latch seeding{1};
  std::latch go_on{1};
};

} // namespace

BOOST_AUTO_TEST_SUITE(directory)

BOOST_FIXTURE_TEST_CASE(a_repository_is_woken_once, test::actor_fixture) {
  const auto first = open_repository("a/b");
  const auto second = open_repository("a/b");
  BOOST_CHECK(first == second);
  BOOST_CHECK(services.repositories.find(name_of("a/b")) == first);
}

BOOST_FIXTURE_TEST_CASE(reading_does_not_wake_empty_repositories, test::actor_fixture) {
  msg::open_repository open{name_of("a/b"), false};
  auto refused = ask<msg::repository_reply>(services.directory.get(), open);
  BOOST_CHECK(refused.error().code == errc::name_unknown);
  BOOST_TEST(services.repositories.size() == 0u);
}

// Sanitizers keep freed memory.
#ifndef GANTRY_SANITIZED
BOOST_FIXTURE_TEST_CASE(sleeping_repositories_take_no_memory, test::actor_fixture) {
  const auto before = resident_pages();
  for (int i = 0; i < 10'000; ++i)
    open_repository("a/" + std::to_string(i));
  const auto awake = resident_pages() - before;
  for (const auto& [name, handle] : services.repositories.entries())
    caf::anon_send(handle, msg::sleep_if_idle{services.now()});
  scheduler.run();
  BOOST_TEST(services.repositories.size() == 0u);
  BOOST_TEST(resident_pages() - before < awake / 2);
}
#endif

BOOST_FIXTURE_TEST_CASE(a_dead_repository_is_woken_again, test::actor_fixture) {
  const auto first = open_repository("a/b");
  const auto blob = push_blob(first, "content");
  caf::anon_send_exit(first, caf::exit_reason::kill);
  scheduler.run();
  BOOST_CHECK(!services.repositories.find(name_of("a/b")));
  const auto second = open_repository("a/b");
  BOOST_CHECK(first != second);
  BOOST_CHECK(ask<msg::blob_reply>(second, msg::get_blob{blob}));
}

BOOST_FIXTURE_TEST_CASE(a_reset_clears_everything_and_seeds_again, seeded) {
  const auto old = open_repository("a/b");
  push_blob(old, "content");
  auto upload = ask<msg::upload_started>(old, msg::start_upload{});
  BOOST_REQUIRE(upload);
  BOOST_REQUIRE(reset());
  BOOST_TEST(seeds == 1);
  BOOST_TEST(services.uploads.size() == 0u);
  BOOST_TEST(services.repositories.size() == 0u);
  // The old contents no longer answer.
  BOOST_CHECK(ask<msg::acknowledged>(upload->session, msg::cancel_upload{}).error().code ==
              errc::unavailable);
  auto names =
    ask<msg::repository_page>(services.directory.get(), msg::list_repositories{{10, {}}});
  BOOST_REQUIRE(names->names.items.size() == 1u);
  BOOST_TEST(names->names.items.front().to_string() == "seed");
}

BOOST_FIXTURE_TEST_CASE(repeated_resets_leak_no_memory, seeded) {
  BOOST_REQUIRE(reset());
  const auto seeded_bytes = answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value();
  for (int round = 0; round < 3; ++round) {
    push_blob(open_repository("a/b"), std::string(100'000, 'x'));
    BOOST_REQUIRE(reset());
  }
  BOOST_TEST(answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value() == seeded_bytes);
}

BOOST_AUTO_TEST_CASE(the_longest_idle_repositories_make_room) {
  actor_options options;
  options.max_awake = 2;
  test::actor_fixture registry{options};
  const auto wake = [&](std::string_view name) {
    registry.now += std::chrono::seconds{1};
    return registry.open_repository(name);
  };
  const auto is_awake = [&](std::string_view name) {
    return registry.services.repositories.find(name_of(name)).has_value();
  };
  const auto first = wake("first");
  wake("second");
  registry.now += std::chrono::seconds{1};
  BOOST_CHECK(!registry.ask<msg::tag_page>(first, msg::list_tags{{10, {}}}));
  wake("third");
  BOOST_TEST(is_awake("first"));
  BOOST_TEST(!is_awake("second"));
  // A busy repository stays.
  BOOST_REQUIRE(registry.ask<msg::upload_started>(first, msg::start_upload{}));
  wake("fourth");
  wake("fifth");
  BOOST_TEST(is_awake("first"));
  BOOST_TEST(registry.services.repositories.size() <= 3U);
}

BOOST_FIXTURE_TEST_CASE(a_reset_dismisses_in_slices_while_new_requests_are_served, seeded) {
  for (std::size_t i = 0; i < dismissal_slice + 10; ++i)
    open_repository("old/" + std::to_string(i));
  auto pending = requester->request(services.directory.get(), caf::infinite, msg::reset{});
  scheduler.run();
  const auto fresh = open_repository("new");
  BOOST_TEST(!requester->has_next_message()); // the last actors are not gone yet
  scheduler.advance_time(slice_pause);
  scheduler.run();
  pending.receive([](msg::acknowledged&) {}, [](const caf::error&) { BOOST_ERROR("refused"); });
  BOOST_CHECK(open_repository("new") == fresh);
}

BOOST_FIXTURE_TEST_CASE(requests_during_a_reset_see_the_new_contents, threaded_reset) {
  const auto directory = services.directory.get();
  auto reset = requester->request(directory, caf::infinite, msg::reset{});
  seeding.wait(); // the reset has emptied the engine and is held there
  auto listed = requester->request(directory, caf::infinite, msg::list_repositories{{10, {}}});
  auto again = requester->request(directory, caf::infinite, msg::reset{});
  // An actor that shares its thread with connections does not block.
  BOOST_CHECK(ask<msg::gc_status>(services.collector.get(), msg::get_gc_status{}));
  go_on.count_down();
  reset.receive([](msg::acknowledged&) {}, [](const caf::error&) { BOOST_ERROR("refused"); });
  listed.receive([](msg::repository_page& page) { BOOST_TEST(page.names.items.size() == 1U); },
                 [](const caf::error&) { BOOST_ERROR("refused"); });
  again.receive([](msg::acknowledged&) {}, [](const caf::error&) { BOOST_ERROR("refused"); });
  BOOST_TEST(seeds == 2);
}

BOOST_FIXTURE_TEST_CASE(a_part_is_reset_while_the_rest_goes_on, seeded) {
  const auto inside = open_repository("team/app");
  const auto outside = open_repository("teams");
  const auto doomed = push_blob(inside, "doomed");
  const auto kept = push_blob(outside, "kept");
  auto upload = ask<msg::upload_started>(inside, msg::start_upload{});
  auto other = ask<msg::upload_started>(outside, msg::start_upload{});
  const auto generation = services.generation.load();
  BOOST_REQUIRE(
    ask<msg::acknowledged>(services.directory.get(), msg::reset{name_of("team")}).has_value());
  BOOST_TEST(seeds == 0);
  BOOST_TEST(services.generation == generation);
  BOOST_CHECK(ask<msg::acknowledged>(upload->session, msg::cancel_upload{}).error().code ==
              errc::unavailable);
  BOOST_TEST(services.uploads.size() == 1U);
  BOOST_TEST(!services.repositories.find(name_of("team/app")));
  BOOST_CHECK(
    ask<msg::blob_reply>(open_repository("team/app"), msg::get_blob{doomed}).error().code ==
    errc::blob_unknown);
  BOOST_CHECK(services.repositories.find(name_of("teams")) == outside);
  BOOST_CHECK(ask<msg::blob_reply>(outside, msg::get_blob{kept}));
  BOOST_CHECK(ask<msg::upload_status>(other->session, msg::get_upload_status{}));
  BOOST_TEST(services.finished_uploads.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_part_without_actors_is_reset, seeded) {
  const auto home = open_repository("team");
  push_blob(home, "content");
  caf::anon_send_exit(home, caf::exit_reason::kill);
  scheduler.run();
  BOOST_REQUIRE(
    ask<msg::acknowledged>(services.directory.get(), msg::reset{name_of("team")}).has_value());
  BOOST_TEST(!answer_of(engine->metadata(), &metadata_engine::contains, name_of("team")).value());
}

BOOST_FIXTURE_TEST_CASE(a_part_is_dismissed_in_slices, seeded) {
  const auto used = answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value();
  for (std::size_t i = 0; i < dismissal_slice + 10; ++i)
    push_blob(open_repository("old/" + std::to_string(i)), "content");
  auto pending =
    requester->request(services.directory.get(), caf::infinite, msg::reset{name_of("old")});
  scheduler.run();
  BOOST_TEST(!requester->has_next_message()); // the last actors are not gone yet
  scheduler.advance_time(slice_pause);
  scheduler.run();
  pending.receive([](msg::acknowledged&) {}, [](const caf::error&) { BOOST_ERROR("refused"); });
  BOOST_TEST(answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value() == used);
}

BOOST_FIXTURE_TEST_CASE(a_snapshot_brings_everything_back, seeded) {
  const auto directory = services.directory.get();
  const auto home = open_repository("a/b");
  const auto blob = push_blob(home, "content");
  const auto taken = ask<msg::snapshot_reply>(directory, msg::take_snapshot{}).value().taken;
  BOOST_TEST(taken.id == 1U);
  BOOST_TEST(taken.blobs == 1U);
  const auto listed = ask<msg::snapshot_list>(directory, msg::list_snapshots{}).value();
  BOOST_TEST(listed.snapshots.size() == 1U);
  auto upload = ask<msg::upload_started>(home, msg::start_upload{});
  const auto late = push_blob(home, "late");
  BOOST_REQUIRE(reset());
  BOOST_REQUIRE(ask<msg::acknowledged>(directory, msg::restore_snapshot{1}).has_value());
  BOOST_TEST(seeds == 1); // by the reset
  BOOST_TEST(!answer_of(engine->metadata(), &metadata_engine::contains, name_of("seed")).value());
  BOOST_TEST(services.uploads.size() == 0U);
  BOOST_CHECK(ask<msg::acknowledged>(upload->session, msg::cancel_upload{}).error().code ==
              errc::unavailable);
  const auto again = open_repository("a/b");
  BOOST_CHECK(again != home);
  BOOST_CHECK(ask<msg::blob_reply>(again, msg::get_blob{blob}));
  BOOST_CHECK(!ask<msg::blob_reply>(again, msg::get_blob{late}));
  BOOST_CHECK(ask<msg::acknowledged>(directory, msg::remove_snapshot{1}));
  for (int i = 0; i < 2; ++i)
    BOOST_CHECK(ask<msg::acknowledged>(directory, msg::restore_snapshot{1}).error().code ==
                errc::snapshot_unknown);
  BOOST_CHECK(ask<msg::acknowledged>(directory, msg::remove_snapshot{1}).error().code ==
              errc::snapshot_unknown);
  // An unknown snapshot changes nothing.
  BOOST_CHECK(services.repositories.find(name_of("a/b")) == again);
}

BOOST_AUTO_TEST_CASE(snapshots_are_taken_while_others_push) {
  test::threaded_actors registry;
  const auto directory = registry.services.directory.get();
  for (int round = 0; round < 20; ++round) {
    const auto home = registry.open_repository("a" + std::to_string(round % 3));
    auto started = registry.requester->request(home, caf::infinite, msg::start_upload{});
    auto taken = registry.requester->request(directory, caf::infinite, msg::take_snapshot{});
    auto reset = registry.requester->request(directory, caf::infinite, msg::reset{name_of("a1")});
    auto restored = registry.requester->request(
      directory, caf::infinite, msg::restore_snapshot{static_cast<std::uint64_t>(round + 1)});
    const auto refused = [](const caf::error&) { BOOST_ERROR("refused"); };
    started.receive([](msg::upload_started&) {}, [](const caf::error&) {});
    taken.receive([](msg::snapshot_reply&) {}, refused);
    reset.receive([](msg::acknowledged&) {}, refused);
    restored.receive([](msg::acknowledged&) {}, refused);
  }
  BOOST_TEST(
    registry.ask<msg::snapshot_list>(directory, msg::list_snapshots{}).value().snapshots.size() ==
    20U);
}

BOOST_AUTO_TEST_CASE(an_unreadable_seed_fails_only_the_reset) {
  actor_options options;
  options.seed = [] { throw std::runtime_error{"gone"}; };
  test::actor_fixture registry{options};
  for (int round = 0; round < 2; ++round) {
    auto answer = registry.ask<msg::acknowledged>(registry.services.directory.get(), msg::reset{});
    BOOST_CHECK(answer.error().code == errc::internal);
  }
}

BOOST_FIXTURE_TEST_CASE(repositories_come_from_the_factory, test::actor_fixture) {
  std::vector<std::string> made;
  services.make_repository = [&made](caf::local_actor& parent, registry_services& around,
                                     const repository_name& name, last_use_ptr used) {
    made.push_back(name.to_string());
    return wake_repository(parent, around, name, std::move(used));
  };
  const auto home = open_repository("a/b");
  BOOST_CHECK(open_repository("a/b") == home);
  push_blob(home, "content");
  BOOST_TEST(made == std::vector<std::string>{"a/b"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
