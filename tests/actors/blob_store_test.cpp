#include "actors/blob_store.hpp"
#include "storage/api/answer_of.hpp"

#include "support/actor_fixture.hpp"

#include <caf/exit_reason.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace gantry;
using namespace std::chrono_literals;

namespace {

struct one_store : test::actor_fixture {
  msg::publish_blob to_publish(std::string_view content) {
    auto sink =
      answer_of(engine->uploads(), &upload_engine::open_sink, upload_id::generate()).value();
    BOOST_REQUIRE(answer_of(*sink, &blob_sink::append, std::as_bytes(std::span{content})));
    return {msg::move_only{std::move(sink)}, digest::of(content)};
  }
  result<msg::blob_reply> publish(std::string_view content) {
    return ask<msg::blob_reply>(services.blob_store(digest::of(content)), to_publish(content));
  }
  result<msg::blob_reply> find(std::string_view content) {
    const auto id = digest::of(content);
    return ask<msg::blob_reply>(services.blob_store(id), msg::find_blob{id});
  }
  /// As the engine asks.
  std::vector<reserved_digest> reserve(std::vector<digest> wanted,
                                       leased_digests leased = leased_digests::stay) {
    std::optional<std::vector<reserved_digest>> held;
    services.keeper.reserve(std::move(wanted), leased,
                            [&](auto answer) { held = std::move(answer).value(); });
    run_all();
    return std::move(held).value();
  }
  bool reserves(const digest& id) {
    auto held = reserve({id});
    const bool any = !held.empty();
    services.keeper.release(std::move(held));
    run_all();
    return any;
  }

  repository_actor home = open_repository("a/b");
};

void refused(const caf::error& failed) {
  BOOST_ERROR(to_string(from_caf(failed).code));
}

} // namespace

BOOST_AUTO_TEST_SUITE(blob_store)

BOOST_FIXTURE_TEST_CASE(the_same_bytes_are_one_blob, one_store) {
  auto first = publish("content");
  auto second = publish("content");
  BOOST_REQUIRE(first);
  BOOST_REQUIRE(second);
  BOOST_CHECK(first->value == second->value);
}

BOOST_FIXTURE_TEST_CASE(an_answer_that_a_push_may_rely_on_leases_the_blob, one_store) {
  const auto lease = services.options.blob_lease;
  const auto id = push_blob(home, "content");
  BOOST_TEST(!reserves(id));
  now += lease / 2;
  BOOST_REQUIRE(find("content"));
  now += lease - 1s;
  BOOST_TEST(!reserves(id));
  BOOST_REQUIRE(ask<msg::blob_reply>(home, msg::get_blob{id, true}));
  now += lease - 1s;
  BOOST_TEST(!reserves(id));
  BOOST_REQUIRE(ask<msg::blob_reply>(home, msg::get_blob{id, false})); // no push relies on it
  now += 1s;
  BOOST_TEST(reserves(id));
}

BOOST_FIXTURE_TEST_CASE(digests_of_absent_blobs_are_not_leased, one_store) {
  const auto id = digest::of("absent");
  BOOST_CHECK(find("absent").error().code == errc::blob_unknown);
  BOOST_CHECK(ask<msg::blob_reply>(home, msg::get_blob{id, true}).error().code ==
              errc::blob_unknown);
  BOOST_TEST(reserves(id));
}

BOOST_FIXTURE_TEST_CASE(the_engine_reserves_digests_of_all_shards, one_store) {
  std::vector<digest> wanted;
  for (int i = 0; i < 100; ++i)
    wanted.push_back(digest::of(std::to_string(i)));
  push_blob(home, "7");
  auto held = reserve(wanted);
  BOOST_TEST(held.size() == 99U);
  BOOST_TEST(reserve(wanted).empty());
  services.keeper.release(std::move(held));
  run_all();
  BOOST_TEST(reserve(wanted).size() == 99U);
}

BOOST_FIXTURE_TEST_CASE(bytes_that_are_unusable_are_reserved_though_they_are_leased, one_store) {
  const auto id = push_blob(home, "content");
  BOOST_TEST(reserve({id}, leased_digests::may_go).size() == 1U);
}

// case 114
BOOST_FIXTURE_TEST_CASE(pushes_and_answers_wait_while_a_digest_is_reserved, one_store) {
  const auto id = push_blob(home, "content");
  now += services.options.blob_lease;
  auto held = reserve({id});
  BOOST_REQUIRE(held.size() == 1U);
  auto published =
    requester->request(services.blob_store(id), caf::infinite, to_publish("content"));
  auto found = requester->request(services.blob_store(id), caf::infinite, msg::find_blob{id});
  auto asked = requester->request(home, caf::infinite, msg::get_blob{id, true});
  run_all();
  BOOST_TEST(requester->mailbox().empty());
  // The sweep has taken the link, and the blob with it.
  BOOST_REQUIRE(ask<msg::acknowledged>(home, msg::delete_blob{id}));
  held.front().is_gone = true;
  services.keeper.release(std::move(held));
  run_all();
  published.receive([](const msg::blob_reply&) {}, refused);
  // Nothing links what was published.
  const auto unknown = [](const caf::error& failed) {
    BOOST_CHECK(from_caf(failed).code == errc::blob_unknown);
  };
  found.receive([](const msg::blob_reply&) { BOOST_ERROR("it is gone"); }, unknown);
  asked.receive([](const msg::blob_reply&) { BOOST_ERROR("it is gone"); }, unknown);
}

BOOST_FIXTURE_TEST_CASE(leases_and_reservations_outlive_their_actor, one_store) {
  const auto leased = push_blob(home, "leased");
  const auto swept = digest::of("swept");
  auto held = reserve({swept});
  for (const auto& id : {leased, swept}) {
    caf::anon_send_exit(services.blob_store(id), caf::exit_reason::kill);
    run_all();
    scheduler.advance_time(1s); // a second death delays the restart
    run_all();
  }
  BOOST_TEST(!reserves(leased));
  BOOST_TEST(!reserves(swept));
  services.keeper.release(std::move(held));
  run_all();
  BOOST_TEST(reserves(swept));
  BOOST_CHECK(publish("leased"));
}

BOOST_FIXTURE_TEST_CASE(a_release_that_meets_a_dead_actor_is_not_lost, one_store) {
  const auto id = digest::of("swept");
  auto held = reserve({id});
  BOOST_REQUIRE(held.size() == 1U);
  caf::anon_send_exit(services.blob_store(id), caf::exit_reason::kill);
  services.keeper.release(std::move(held)); // its mailbox is never read again
  run_all();
  BOOST_TEST(reserves(id));
}

BOOST_FIXTURE_TEST_CASE(thousands_may_wait_for_a_digest, one_store) {
  const auto id = digest::of("content");
  auto held = reserve({id});
  for (int i = 0; i < 3'000; ++i)
    caf::anon_send(services.blob_store(id), to_publish("content"));
  run_all();
  services.keeper.release(std::move(held));
  run_all();
  BOOST_CHECK(publish("content"));
}

BOOST_FIXTURE_TEST_CASE(without_its_actor_a_digest_is_not_reserved, one_store) {
  stop();
  BOOST_TEST(!reserves(digest::of("content")));
}

BOOST_FIXTURE_TEST_CASE(a_reset_ends_leases_and_a_restored_snapshot_leases_everything, one_store) {
  const auto id = push_blob(home, "content");
  const auto directory = services.directory.get();
  BOOST_REQUIRE(ask<msg::snapshot_reply>(directory, msg::take_snapshot{}));
  BOOST_REQUIRE(ask<msg::acknowledged>(directory, msg::reset{}));
  auto held = reserve({id});
  BOOST_TEST(held.size() == 1U);
  services.keeper.release(std::move(held));
  BOOST_REQUIRE(ask<msg::acknowledged>(directory, msg::restore_snapshot{1}));
  BOOST_TEST(!reserves(id));
  now += services.options.blob_lease;
  BOOST_TEST(reserves(id));
}

BOOST_FIXTURE_TEST_CASE(each_digest_has_one_store, one_store) {
  const auto id = digest::of("content");
  BOOST_CHECK(services.blob_store(id) == services.blob_store(digest::of("content")));
}

BOOST_AUTO_TEST_SUITE_END()
