// Snapshots of the memory engine.
#include "storage/api/answer_of.hpp"
#include "storage/memory/snapshots.hpp"

#include "storage/engine_contract.hpp"
#include "storage/memory/prices.hpp"
#include "storage/test_content.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(memory_snapshots)

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

/// One repository with a tagged manifest, its blobs, an untagged one and a loose blob.
struct filled : repository<memory_subject> {
  using repository::repository;

  snapshot_engine& snapshots = *engine->snapshots();
  digest config = add_blob("config");
  digest layer = add_blob(content(100'000));
  digest loose = add_blob("loose");
  manifest_ptr tagged = image({.blobs = {config, layer}});
  manifest_ptr referrer = image({.subject = tagged->id(), .note = "referrer"});

  filled() {
    put(*store, tagged, labels({"1", "latest"})).value();
    put(*store, referrer).value();
  }

  std::uint64_t take() { return answer_of(snapshots, &snapshot_engine::take).value().id; }
  void restore(std::uint64_t id) {
    store.reset();
    answer_of(snapshots, &snapshot_engine::restore, id).value();
    store = engine->metadata().open(name("library/app"));
  }
  void check_contents() {
    BOOST_TEST(catalog_of(*engine) == texts{"library/app"}, boost::test_tools::per_element());
    BOOST_TEST(tags_of(*store) == (texts{"1", "latest"}), boost::test_tools::per_element());
    BOOST_TEST((answer_of(*store, &repository_store::find_manifest, label("1")).value() == tagged));
    BOOST_TEST(
      (answer_of(*store, &repository_store::find_manifest, referrer->id()).value() == referrer));
    BOOST_TEST(referrers_of(tagged->id()) == texts{referrer->id().to_string()},
               boost::test_tools::per_element());
    BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, layer).value()) ==
               content(100'000));
    BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, loose).value()) == "loose");
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_restore_brings_back_what_was_deleted_since, filled) {
  const auto id = take();
  delete_manifest(*store, tagged->id()).value();
  unlink(*store, layer).value();
  const auto other = engine->metadata().open(name("other"));
  put(*other, image({.note = "new"}), labels({"new"})).value();
  restore(id);
  check_contents();
  BOOST_TEST(!answer_of(engine->metadata(), &metadata_engine::contains, name("other")).value());
}

BOOST_FIXTURE_TEST_CASE(a_snapshot_survives_clears_and_restores_any_number_of_times, filled) {
  const auto id = take();
  for (int round = 0; round < 3; ++round) {
    store.reset();
    clear(*engine);
    BOOST_TEST(catalog_of(*engine).empty());
    // The same digest comes again meanwhile.
    store = engine->metadata().open(name("library/app"));
    BOOST_TEST(add_blob("config") == config);
    restore(id);
    check_contents();
    delete_tag(*store, "latest").value();
  }
}

// Time says nothing about copies, but the identity of the bytes does.
namespace {

file_range range_of(const blob& from) {
  return std::get<file_range>(from.source());
}

} // namespace

BOOST_FIXTURE_TEST_CASE(no_bytes_of_blobs_are_copied, filled) {
  const auto before = answer_of(*store, &repository_store::find_blob, layer).value();
  const auto used = used_bytes(*engine);
  const auto id = take();
  const auto price = used_bytes(*engine) - used;
  BOOST_TEST(price < 20'000U);
  restore(id);
  const auto after = answer_of(*store, &repository_store::find_blob, layer).value();
  BOOST_TEST(after == before);
  BOOST_TEST(range_of(*after).descriptor == range_of(*before).descriptor);
  BOOST_TEST(range_of(*after).begin == range_of(*before).begin);
  BOOST_TEST(used_bytes(*engine) == used + price);
}

BOOST_FIXTURE_TEST_CASE(a_snapshot_says_what_it_holds, filled) {
  link(*engine->metadata().open(name("other")),
       answer_of(*store, &repository_store::find_blob, layer).value())
    .value();
  const auto taken = answer_of(snapshots, &snapshot_engine::take).value();
  BOOST_TEST(taken.id == 1U);
  BOOST_TEST((taken.taken == now));
  BOOST_TEST(taken.repositories == 2U);
  BOOST_TEST(taken.manifests == 2U);
  BOOST_TEST(taken.blobs == 3U);
  BOOST_TEST(taken.bytes == 100'000U + 6 + 5);
  BOOST_TEST(take() == 2U);
  const auto listed = snapshots.list();
  BOOST_REQUIRE(listed.size() == 2U);
  BOOST_TEST(listed.front().id == 1U);
  BOOST_TEST(listed.front().blobs == 3U);
}

BOOST_FIXTURE_TEST_CASE(what_only_a_snapshot_holds_counts_until_it_is_removed, filled) {
  const auto id = take();
  store.reset();
  clear(*engine);
  BOOST_TEST(used_bytes(*engine) > 100'000U);
  answer_of(snapshots, &snapshot_engine::remove, id).value();
  BOOST_TEST(used_bytes(*engine) == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_blob_that_only_a_snapshot_holds_is_not_found, filled) {
  const auto id = take();
  delete_manifest(*store, tagged->id()).value();
  unlink(*store, layer).value();
  BOOST_TEST(code_of(answer_of(engine->blobs(), &blob_engine::find, layer)) == errc::blob_unknown);
  BOOST_TEST(code_of(answer_of(*store, &repository_store::find_blob, layer)) == errc::blob_unknown);
  // A push of the same bytes shares them.
  BOOST_TEST(add_blob(content(100'000)) == layer);
  restore(id);
  check_contents();
}

BOOST_FIXTURE_TEST_CASE(restored_blobs_are_linked_elsewhere_and_swept_like_others, filled) {
  restore(take());
  const auto other = engine->metadata().open(name("other"));
  link(*other, answer_of(engine->blobs(), &blob_engine::find, layer).value()).value();
  BOOST_TEST(answer_of(*other, &repository_store::find_blob, layer).has_value());
  collect(*engine).value();
  BOOST_TEST(code_of(answer_of(*store, &repository_store::find_blob, loose)) == errc::blob_unknown);
  BOOST_TEST(answer_of(*store, &repository_store::find_blob, config).has_value());
}

BOOST_FIXTURE_TEST_CASE(an_upload_from_before_a_restore_does_not_change_the_new_contents, filled) {
  const auto id = take();
  auto sink = filled_sink(*engine, "late");
  const auto found = publish(*engine, "found", now + 1h);
  restore(id);
  const auto late = publish(*engine, std::move(sink), digest::of("late"), now + 1h).value();
  BOOST_TEST(code_of(link(*store, late)) == errc::blob_unknown);
  BOOST_TEST(code_of(link(*store, found)) == errc::blob_unknown);
  check_contents();
}

BOOST_FIXTURE_TEST_CASE(unknown_snapshots_are_refused, filled) {
  const auto id = take();
  answer_of(snapshots, &snapshot_engine::remove, id).value();
  BOOST_TEST(!snapshots.contains(id));
  BOOST_TEST(code_of(answer_of(snapshots, &snapshot_engine::restore, id)) ==
             errc::snapshot_unknown);
  BOOST_TEST(code_of(answer_of(snapshots, &snapshot_engine::remove, id)) == errc::snapshot_unknown);
  BOOST_TEST(code_of(answer_of(snapshots, &snapshot_engine::restore, 0)) == errc::snapshot_unknown);
  check_contents();
  BOOST_TEST(take() == id + 1);
}

BOOST_AUTO_TEST_CASE(there_are_at_most_so_many_snapshots) {
  memory_subject subject;
  auto& snapshots = *subject.engine->snapshots();
  for (std::size_t i = 0; i < max_snapshots; ++i)
    BOOST_TEST(answer_of(snapshots, &snapshot_engine::take).has_value());
  BOOST_TEST(code_of(answer_of(snapshots, &snapshot_engine::take)) == errc::too_many_snapshots);
  answer_of(snapshots, &snapshot_engine::remove, 1).value();
  BOOST_TEST(answer_of(snapshots, &snapshot_engine::take).value().id == max_snapshots + 1);
}

BOOST_AUTO_TEST_CASE(a_snapshot_needs_room_and_a_restore_does_not) {
  repository<memory_subject> subject{300'000U};
  const auto value = image({.note = std::string(20'000, 'x')});
  put(*subject.store, value, labels({"1"})).value();
  auto& snapshots = *subject.engine->snapshots();
  auto taken = answer_of(snapshots, &snapshot_engine::take);
  const auto id = taken.value().id;
  while (taken)
    taken = answer_of(snapshots, &snapshot_engine::take);
  BOOST_TEST(code_of(taken) == errc::insufficient_storage);
  const auto used = used_bytes(*subject.engine);
  BOOST_TEST(used <= 300'000U);
  subject.store.reset();
  BOOST_TEST(answer_of(snapshots, &snapshot_engine::restore, id).has_value());
  // Its history had made room in vain.
  BOOST_TEST(used_bytes(*subject.engine) == used + storage::prices::history_entry);
  subject.store = subject.engine->metadata().open(name("library/app"));
  BOOST_TEST(
    (answer_of(*subject.store, &repository_store::find_manifest, label("1")).value() == value));
}

BOOST_AUTO_TEST_CASE(each_repository_is_saved_as_it_is_at_one_moment) {
  repository<memory_subject> subject;
  auto& snapshots = *subject.engine->snapshots();
  const auto config = subject.add_blob("config");
  std::atomic<bool> done{false};
  // Both tags move together, so they must be saved together.
  std::thread pushing{[&] {
    for (int i = 0; i < 500; ++i)
      put(*subject.store, image({.blobs = {config}, .note = std::to_string(i)}), labels({"a", "b"}))
        .value();
    done = true;
  }};
  std::vector<std::uint64_t> taken;
  while (!done && taken.size() < max_snapshots)
    taken.push_back(answer_of(snapshots, &snapshot_engine::take).value().id);
  pushing.join();
  for (const auto id : taken) {
    answer_of(snapshots, &snapshot_engine::restore, id).value();
    const auto store = subject.engine->metadata().open(name("library/app"));
    const auto tagged = answer_of(*store, &repository_store::find_manifest, label("a"));
    const auto other = answer_of(*store, &repository_store::find_manifest, label("b"));
    BOOST_TEST(tagged.has_value() == other.has_value());
    if (tagged)
      BOOST_TEST((*tagged == *other));
    BOOST_TEST(answer_of(*store, &repository_store::find_blob, config).has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()
