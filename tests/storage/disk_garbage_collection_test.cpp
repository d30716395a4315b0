// Garbage collection interleaved with pushes, mounts, deletes and crashes, on the test's clock. The
// invariants are those of docs/gc.md.
#include "storage/api/answer_of.hpp"
#include "storage/disk/blobs.hpp"
#include "storage/disk/catalog.hpp"
#include "storage/disk/garbage_collection.hpp"
#include "storage/disk/layout.hpp"
#include "storage/disk/store.hpp"
#include "storage/disk/uploads.hpp"

#include "storage/table_keeper.hpp"
#include "storage/test_content.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::storage;
using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

constexpr auto lease_time = 10min;
constexpr auto grace = 1h;

/// The process dies here: the rest of the collection never runs.
struct crash : std::runtime_error {
  crash() : std::runtime_error{"crash"} {}
};

struct collecting {
  struct process {
    explicit process(disk_options options)
      : leases{options.now},
        store{std::move(options)},
        uploads{store},
        blobs{store},
        catalog{store} {
      store.keeper.set(&leases);
      finish_purges(store).value();
    }
    table_keeper leases;
    disk_store store;
    disk_uploads uploads;
    disk_blobs blobs;
    disk_catalog catalog;
  };

  collecting() { restart(); }

  /// As an actor does that answers HEAD.
  bool lease(const std::shared_ptr<repository_store>& store, const digest& id, time_point until) {
    if (!answer_of(*store, &repository_store::find_blob, id))
      return false;
    running->leases.lease(id, until);
    return answer_of(*store, &repository_store::find_blob, id).has_value();
  }

  void restart() {
    running.reset();
    running.emplace(disk_options{.folder = folder.path() / "data",
                                 .inline_threshold = 1000,
                                 .restart_hold = hold,
                                 .now = [this] { return now; }});
  }

  std::shared_ptr<repository_store> open(std::string_view repository) {
    return running->catalog.open(name(repository));
  }

  sink_ptr filled(std::string_view bytes) {
    auto sink =
      answer_of(running->uploads, &upload_engine::open_sink, upload_id::generate()).value();
    append(*sink, bytes).value();
    return sink;
  }

  blob_ptr publish(std::string_view bytes) {
    auto published = answer_of(running->blobs, &blob_engine::publish, filled(bytes),
                               digest::of(bytes), now + lease_time)
                       .value();
    answer_of(running->blobs, &blob_engine::settle, published).value();
    return published;
  }

  /// The result of pushing one blob.
  digest push(std::string_view repository, std::string_view bytes) {
    link(*open(repository), publish(bytes)).value();
    return digest::of(bytes);
  }

  garbage_collection collecting_with(bool delete_untagged = false, bool dry_run = false) {
    return garbage_collection{running->store, {grace, 24h, delete_untagged, dry_run}};
  }
  gc_report collect(bool delete_untagged = false, bool dry_run = false) {
    return collecting_with(delete_untagged, dry_run).run({}).value();
  }

  /// A round that condemns, the grace period, and a round that purges.
  void collect_everything() {
    collect();
    now += grace;
    collect();
  }

  /// The blob's bytes, even if clients cannot find it; null if they are gone.
  blob_ptr stored(const digest& id) {
    return read_database(running->store.readers,
                         [&](auto& database) -> result<blob_ptr> {
                           const auto row = find_row(database, id);
                           return row && has_bytes(*row)
                                    ? open_row(running->store, database, id, *row)
                                    : result<blob_ptr>{blob_ptr{}};
                         })
      .value();
  }
  bool is_stored(const digest& id) { return stored(id) != nullptr; }
  bool has_file(const digest& id) { return running->store.folder.get_blob(id).value().has_value(); }
  blob_state state_of(const digest& id) {
    return read_database(running->store.readers,
                         [&](auto& database) -> result<blob_state> {
                           const auto row = find_row(database, id);
                           return row ? result<blob_state>{row->state} : fail(errc::blob_unknown);
                         })
      .value();
  }

  temp_dir folder;
  time_point now{std::chrono::system_clock::now()};
  std::chrono::milliseconds hold{0};
  std::optional<process> running;
  /// One blob in a file and one in the database.
  const std::string big = content(5'000);
  const std::string small = content(100, 1);
};

} // namespace

BOOST_AUTO_TEST_SUITE(disk_garbage_collection)

BOOST_FIXTURE_TEST_CASE(unneeded_blobs_go_after_lease_and_grace, collecting) {
  for (const auto& bytes : {big, small}) {
    BOOST_TEST_CONTEXT(bytes.size() << " bytes") {
      const auto id = push("a", bytes);
      collect();
      BOOST_TEST(answer_of(*open("a"), &repository_store::find_blob, id).has_value());
      now += lease_time;
      const auto first = collect();
      BOOST_TEST(first.links == 1U);
      BOOST_TEST(first.condemned == 1U);
      BOOST_TEST(first.blobs == 0U);
      BOOST_TEST(is_stored(id));
      BOOST_TEST(code_of(answer_of(running->blobs, &blob_engine::find, id)) == errc::blob_unknown);
      now += grace;
      const auto second = collect();
      BOOST_TEST(second.blobs == 1U);
      BOOST_TEST(second.bytes == bytes.size());
      BOOST_TEST(!is_stored(id));
      BOOST_TEST(!has_file(id));
    }
  }
}

BOOST_FIXTURE_TEST_CASE(needed_blobs_stay, collecting) {
  const auto config = push("a", small);
  const auto layer = push("a", big);
  const auto value = image({.blobs = {config, layer}});
  put_checked(*open("a"), value).value();
  now += 24h;
  collect_everything();
  BOOST_TEST(read(*answer_of(*open("a"), &repository_store::find_blob, layer).value()) == big);
  BOOST_TEST(read(*answer_of(*open("a"), &repository_store::find_blob, config).value()) == small);
  delete_manifest(*open("a"), value->id()).value();
  collect_everything();
  BOOST_TEST(!is_stored(layer));
  BOOST_TEST(!is_stored(config));
}

BOOST_FIXTURE_TEST_CASE(a_manifest_pushed_before_its_blob_keeps_it, collecting) {
  put(*open("a"), image({.blobs = {digest::of(big)}})).value();
  push("a", big);
  now += 24h;
  collect_everything();
  BOOST_TEST(answer_of(*open("a"), &repository_store::find_blob, digest::of(big)).has_value());
}

BOOST_FIXTURE_TEST_CASE(each_repository_keeps_its_own_link, collecting) {
  const auto id = push("needs", big);
  push("forgot", big);
  put_checked(*open("needs"), image({.blobs = {id}})).value();
  now += 24h;
  collect_everything();
  BOOST_TEST(answer_of(*open("needs"), &repository_store::find_blob, id).has_value());
  BOOST_TEST(code_of(answer_of(*open("forgot"), &repository_store::find_blob, id)) ==
             errc::blob_unknown);
}

BOOST_FIXTURE_TEST_CASE(a_dry_run_counts_and_changes_nothing, collecting) {
  const auto id = push("a", big);
  now += lease_time;
  BOOST_TEST(collect(false, true).links == 1U);
  BOOST_TEST(answer_of(*open("a"), &repository_store::find_blob, id).has_value());
  collect();
  now += grace;
  const auto counted = collect(false, true);
  BOOST_TEST(counted.blobs == 1U);
  BOOST_TEST(counted.bytes == big.size());
  BOOST_TEST(is_stored(id));
}

BOOST_FIXTURE_TEST_CASE(a_collection_stops_on_request, collecting) {
  push("a", big);
  now += lease_time;
  const auto report =
    collecting_with().run([](std::uint64_t, std::uint64_t) { return false; }).value();
  BOOST_TEST(report.links == 0U);
  BOOST_TEST(answer_of(*open("a"), &repository_store::find_blob, digest::of(big)).has_value());
}

// I1
BOOST_FIXTURE_TEST_CASE(a_condemned_blob_keeps_its_bytes_after_a_crash, collecting) {
  const auto id = push("a", big);
  now += lease_time;
  collect();
  restart();
  BOOST_REQUIRE(state_of(id) == blob_state::condemned);
  BOOST_TEST(read(*stored(id)) == big);
}

// I2
BOOST_FIXTURE_TEST_CASE(linking_a_condemned_blob_revives_it, collecting) {
  const auto id = push("a", big);
  now += lease_time;
  collect();
  const auto found = stored(id);
  link(*open("b"), found).value();
  BOOST_TEST((state_of(id) == blob_state::live));
  now += grace;
  put_checked(*open("b"), image({.blobs = {id}})).value();
  collect_everything();
  BOOST_TEST(answer_of(*open("b"), &repository_store::find_blob, id).has_value());
}

BOOST_FIXTURE_TEST_CASE(publishing_a_condemned_blob_revives_it, collecting) {
  const auto id = push("a", big);
  now += lease_time;
  collect();
  push("b", big);
  now += grace - 1s;
  BOOST_TEST((state_of(id) == blob_state::live));
  collect();
  BOOST_TEST(read(*stored(id)) == big);
}

// I3
BOOST_FIXTURE_TEST_CASE(a_leased_blob_and_its_link_survive_every_step, collecting) {
  const auto id = push("a", big);
  now += lease_time;
  const auto until = now + lease_time;
  BOOST_REQUIRE(lease(open("a"), id, until));
  collect();
  now = until - 1s;
  collect();
  BOOST_TEST(put_checked(*open("a"), image({.blobs = {id}})).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_lease_holds_even_if_another_repository_lacks_the_blob, collecting) {
  const auto id = push("a", big);
  now += lease_time;
  BOOST_REQUIRE(lease(open("a"), id, now + lease_time));
  BOOST_TEST(!lease(open("b"), id, now + lease_time));
  now += lease_time - 1s;
  collect();
  BOOST_TEST(answer_of(*open("a"), &repository_store::find_blob, id).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_digest_that_someone_works_on_is_left_alone, collecting) {
  const auto id = push("a", big);
  now += lease_time;
  BOOST_REQUIRE(running->leases.begin_publish(id));
  BOOST_TEST(collect().links == 0U);
  running->leases.end_publish(id);
  BOOST_TEST(collect().links == 1U);
  BOOST_TEST(!running->leases.is_reserved(id));
}

BOOST_FIXTURE_TEST_CASE(the_lease_of_a_purged_blob_is_forgotten, collecting) {
  const auto id = push("a", big);
  BOOST_REQUIRE(lease(open("a"), id, now + lease_time));
  now += lease_time;
  collect();
  BOOST_CHECK(running->leases.leased_until(id) == now);
  now += grace;
  BOOST_TEST(collect().blobs == 1U);
  BOOST_CHECK(running->leases.leased_until(id) == time_point{});
}

BOOST_FIXTURE_TEST_CASE(collections_wait_for_leases_of_the_previous_process, collecting) {
  const auto id = push("a", big);
  now += lease_time;
  BOOST_REQUIRE(lease(open("a"), id, now + lease_time));
  hold = lease_time;
  restart();
  BOOST_TEST(collect().waits_for_leases);
  BOOST_TEST(answer_of(*open("a"), &repository_store::find_blob, id).has_value());
  now += lease_time;
  const auto later = collect();
  BOOST_TEST(!later.waits_for_leases);
  BOOST_TEST(later.links == 1U);
}

// I4
BOOST_FIXTURE_TEST_CASE(bytes_are_removed_only_after_purging_is_durable, collecting) {
  const auto id = push("a", big);
  now += lease_time;
  collect();
  now += grace;
  auto round = collecting_with();
  bool was_marked = false;
  round.on_marked = [&] {
    was_marked = state_of(id) == blob_state::purging;
    BOOST_TEST(has_file(id));
  };
  BOOST_REQUIRE(round.purge().has_value());
  BOOST_TEST(was_marked);
  BOOST_TEST(!has_file(id));
}

BOOST_FIXTURE_TEST_CASE(an_interrupted_purge_is_finished_at_the_next_start, collecting) {
  const auto id = push("a", big);
  const auto inside = push("a", small);
  now += lease_time;
  collect();
  now += grace;
  auto round = collecting_with();
  round.on_marked = [] { throw crash{}; };
  BOOST_CHECK_THROW(round.purge(), crash);
  restart();
  BOOST_TEST(!is_stored(id));
  BOOST_TEST(!has_file(id));
  BOOST_TEST(!is_stored(inside));
  push("a", big);
  BOOST_TEST(read(*answer_of(*open("a"), &repository_store::find_blob, id).value()) == big);
}

BOOST_FIXTURE_TEST_CASE(bytes_that_cannot_be_removed_are_removed_later, collecting) {
  const auto id = push("a", big);
  const auto other = push("a", small);
  now += lease_time;
  collect();
  now += grace;
  // A folder cannot be removed like a file.
  const auto file = folder.path() / "data/blobs/sha256" / layout::folder_name(layout::fan_out(id)) /
                    layout::file_name(id);
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  BOOST_TEST(code_of(collecting_with().run({})) == errc::storage_failed);
  BOOST_TEST((state_of(id) == blob_state::purging));
  std::filesystem::remove(file);
  const auto later = collect();
  BOOST_TEST(later.blobs == 2U);
  BOOST_TEST(later.bytes == big.size() + small.size());
  BOOST_TEST(!is_stored(id));
  BOOST_TEST(!is_stored(other));
  BOOST_TEST(read_database(running->store.readers, [](auto& database) {
               return result<std::int64_t>{database.number("SELECT bytes FROM totals", -1)};
             }).value() == 0);
}

// I5
BOOST_FIXTURE_TEST_CASE(a_blob_being_purged_cannot_be_linked, collecting) {
  const auto id = push("a", big);
  now += lease_time;
  collect();
  const auto found = stored(id);
  now += grace;
  auto round = collecting_with();
  round.on_marked = [&] { BOOST_TEST(code_of(link(*open("b"), found)) == errc::blob_unknown); };
  round.purge().value();
  BOOST_TEST(code_of(answer_of(*open("b"), &repository_store::find_blob, id)) ==
             errc::blob_unknown);
}

// I6
BOOST_FIXTURE_TEST_CASE(a_blob_being_purged_is_reserved_until_its_row_is_gone, collecting) {
  for (const auto& bytes : {big, small}) {
    BOOST_TEST_CONTEXT(bytes.size() << " bytes") {
      const auto id = push("a", bytes);
      now += lease_time;
      collect();
      now += grace;
      auto round = collecting_with();
      round.on_marked = [&] { BOOST_TEST(running->leases.is_reserved(id)); };
      round.purge().value();
      BOOST_TEST(!running->leases.is_reserved(id));
      push("b", bytes);
      collect();
      BOOST_TEST(read(*answer_of(*open("b"), &repository_store::find_blob, id).value()) == bytes);
      restart();
      BOOST_TEST(read(*answer_of(*open("b"), &repository_store::find_blob, id).value()) == bytes);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(a_link_before_the_mark_keeps_the_blob, collecting) {
  const auto id = push("a", big);
  now += lease_time;
  collect();
  now += grace;
  link(*open("b"), stored(id)).value();
  const auto report = collect();
  BOOST_TEST(report.blobs == 0U);
  BOOST_TEST(is_stored(id));
}

BOOST_FIXTURE_TEST_CASE(untagged_manifests_go_only_if_the_policy_says_so, collecting) {
  const auto store = open("a");
  const auto child = image({.note = "child"});
  const auto lost = image({.note = "lost"});
  const auto signature = image({.subject = child->id(), .note = "signature"});
  const auto stray = image({.subject = absent_digest(), .note = "stray"});
  put(*store, child).value();
  put(*store, lost).value();
  put(*store, signature).value();
  put(*store, stray).value();
  put(*store, index({child->id()}), labels({"latest"})).value();
  now += 2 * grace;
  BOOST_TEST(collect().manifests == 0U);
  BOOST_TEST(collect(true, true).manifests == 2U);
  BOOST_TEST(answer_of(*store, &repository_store::find_manifest, lost->id()).has_value());
  BOOST_TEST(collect(true).manifests == 2U);
  for (const auto& kept : {child, signature})
    BOOST_TEST(answer_of(*store, &repository_store::find_manifest, kept->id()).has_value());
  for (const auto& gone : {lost, stray})
    BOOST_TEST(code_of(answer_of(*store, &repository_store::find_manifest, gone->id())) ==
               errc::manifest_unknown);
}

BOOST_FIXTURE_TEST_CASE(an_untagged_manifest_has_a_grace_period_to_get_a_parent, collecting) {
  const auto child = image({.note = "child"});
  put(*open("a"), child).value();
  now += grace - 1s;
  BOOST_TEST(collect(true).manifests == 0U);
}

BOOST_FIXTURE_TEST_CASE(files_without_a_row_go_after_the_grace, collecting) {
  const auto id = digest::of(big);
  const auto path = folder.path() / "data/blobs/sha256" / layout::folder_name(layout::fan_out(id)) /
                    layout::file_name(id);
  std::filesystem::create_directories(path.parent_path());
  folder.write(std::filesystem::relative(path, folder.path()), big);
  BOOST_TEST(collect().orphans == 0U);
  BOOST_TEST(has_file(id));
  now += grace + 1min;
  const auto report = collect();
  BOOST_TEST(report.orphans == 1U);
  BOOST_TEST(report.bytes == big.size());
  BOOST_TEST(!has_file(id));
}

BOOST_FIXTURE_TEST_CASE(saved_uploads_expire_unless_they_are_open, collecting) {
  const auto id = upload_id::generate();
  hasher hash{digest_algorithm::sha256};
  hash.update(std::as_bytes(std::span{big}));
  auto sink = answer_of(running->uploads, &upload_engine::open_sink, id).value();
  append(*sink, big).value();
  answer_of(*sink, &blob_sink::save, name("a"), upload_position{big.size(), false}, hash).value();
  now += 25h;
  BOOST_TEST(collect().uploads == 0U);
  sink.reset();
  BOOST_TEST(collect().uploads == 1U);
  BOOST_TEST(code_of(answer_of(running->uploads, &upload_engine::claim_upload, id)) ==
             errc::upload_unknown);
  BOOST_TEST(std::filesystem::is_empty(folder.path() / "data/uploads"));
}

BOOST_FIXTURE_TEST_CASE(empty_repositories_lose_their_name, collecting) {
  push("a", big);
  now += lease_time;
  collect();
  const auto rows = read_database(running->store.readers, [](auto& database) {
    return result<std::int64_t>{database.number("SELECT COUNT(*) FROM repositories", -1)};
  });
  BOOST_TEST(rows.value() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_repository_on_hold_loses_no_link_and_no_manifest, collecting) {
  const auto blob = push("a", small);
  const auto elsewhere = push("b", "other");
  const auto untagged = image({});
  put(*open("a"), untagged).value();
  open("a")->hold_until(now + 3h);
  now += 2h;
  auto report = collect(true);
  BOOST_TEST(report.links == 1U);
  BOOST_TEST(report.manifests == 0U);
  BOOST_TEST(answer_of(*open("a"), &repository_store::find_blob, blob).has_value());
  BOOST_TEST(answer_of(*open("a"), &repository_store::find_manifest, untagged->id()).has_value());
  BOOST_TEST(!answer_of(*open("b"), &repository_store::find_blob, elsewhere).has_value());
  // The last call counts.
  open("a")->hold_until(now);
  report = collect(true);
  BOOST_TEST(report.links == 1U);
  BOOST_TEST(report.manifests == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_repository_that_is_always_on_hold_loses_its_garbage, collecting) {
  const auto old = push("a", small);
  const auto untagged = image({});
  put(*open("a"), untagged).value();
  now += 23h;
  const auto young = push("a", "other");
  open("a")->hold_until(now + 100h);
  BOOST_TEST(collect(true).links == 0U);
  now += 2h; // the first lease ended longer ago than a hold may extend it
  const auto report = collect(true);
  BOOST_TEST(report.links == 1U);
  BOOST_TEST(report.manifests == 1U);
  BOOST_TEST(!answer_of(*open("a"), &repository_store::find_blob, old).has_value());
  BOOST_TEST(answer_of(*open("a"), &repository_store::find_blob, young).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_hold_extends_a_renewed_lease, collecting) {
  const auto blob = push("a", small);
  now += 48h;
  open("a")->hold_until(now + 100h);
  BOOST_REQUIRE(lease(open("a"), blob, now + 1h));
  now += 23h;
  BOOST_TEST(collect(true).links == 0U);
  now += 2h;
  BOOST_TEST(collect(true).links == 1U);
}

BOOST_FIXTURE_TEST_CASE(leased_content_is_counted_and_leases_can_be_ignored, collecting) {
  push("a", big);
  publish(small);
  const auto with_leases = garbage_collection{running->store, {.grace = 0ms}}.run({}).value();
  BOOST_TEST(with_leases.leased_links == 1U);
  BOOST_TEST(with_leases.leased_blobs == 1U);
  BOOST_TEST((with_leases.leases_end ==
              time_point{std::chrono::floor<std::chrono::milliseconds>(now + lease_time)}));
  BOOST_TEST(with_leases.blobs == 0U);
  const auto without =
    garbage_collection{running->store, {.grace = 0ms, .ignore_leases = true}}.run({}).value();
  BOOST_TEST(without.leased_links == 0U);
  BOOST_TEST(without.links == 1U);
  BOOST_TEST(without.blobs == 2U);
  BOOST_TEST(without.bytes == big.size() + small.size());
}

BOOST_FIXTURE_TEST_CASE(the_grace_of_a_manifest_starts_at_its_last_loss, collecting) {
  const auto store = open("a");
  const auto old = image({.note = "old"});
  const auto fresh = image({.note = "fresh"});
  const auto child = image({.note = "child"});
  const auto signature = image({.subject = child->id(), .note = "signature"});
  const auto parent = index({child->id()});
  put(*store, old, labels({"latest"})).value();
  put(*store, child).value();
  put(*store, signature).value();
  put(*store, parent, labels({"multi"})).value();
  const auto is_there = [&](const manifest_ptr& value) {
    return answer_of(*open("a"), &repository_store::find_manifest, value->id()).has_value();
  };
  now += 2 * grace;
  put(*store, fresh, labels({"latest"})).value();
  delete_manifest(*store, parent->id()).value();
  now += grace - 1s;
  collect(true);
  BOOST_TEST(is_there(old));
  BOOST_TEST(is_there(child));
  now += 1s;
  collect(true);
  BOOST_TEST(!is_there(old));
  BOOST_TEST(!is_there(child));
  BOOST_TEST(is_there(fresh));

  // A push and the deletion of a tag count as well, also across a restart.
  put(*store, child).value();
  now += grace - 1s;
  put(*store, child).value();
  delete_tag(*store, "latest").value();
  restart();
  now += grace - 1s;
  collect(true);
  BOOST_TEST(is_there(child));
  BOOST_TEST(is_there(fresh));
  now += 1s;
  collect(true);
  BOOST_TEST(!is_there(child));
  BOOST_TEST(!is_there(fresh));
}

BOOST_FIXTURE_TEST_CASE(referrers_of_a_deleted_manifest_have_the_grace_too, collecting) {
  const auto store = open("a");
  const auto subject = image({.note = "subject"});
  const auto signature = image({.subject = subject->id(), .note = "signature"});
  put(*store, subject, labels({"latest"})).value();
  put(*store, signature).value();
  now += 2 * grace;
  delete_manifest(*store, subject->id()).value();
  now += grace - 1s;
  BOOST_TEST(collect(true).manifests == 0U);
  now += 1s;
  BOOST_TEST(collect(true).manifests == 1U);
  const auto rows = read_database(running->store.readers, [](auto& database) {
    return result<std::int64_t>{database.number("SELECT COUNT(*) FROM lost_subjects", -1)};
  });
  BOOST_TEST(rows.value() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_leased_manifest_stays, collecting) {
  const auto untagged = image({});
  put(*open("a"), untagged).value();
  now += grace - 1s;
  BOOST_TEST(answer_of(*open("a"), &repository_store::lease_manifest, untagged->id(), now + grace)
               .has_value());
  now += grace - 1s;
  BOOST_TEST(collect(true).manifests == 0U);
  now += 1s;
  BOOST_TEST(collect(true).manifests == 1U);
}

BOOST_FIXTURE_TEST_CASE(after_a_start_manifests_wait_for_earlier_leases, collecting) {
  put(*open("a"), image({})).value();
  now += 2 * grace;
  hold = lease_time;
  restart();
  BOOST_TEST(collect(true).manifests == 0U);
  now += grace;
  BOOST_TEST(collect(true).manifests == 1U);
}

BOOST_FIXTURE_TEST_CASE(an_upload_of_the_previous_process_holds_its_repository, collecting) {
  const auto blob = push("a", small);
  push("b", "other");
  const auto id = upload_id::generate();
  hasher hash{digest_algorithm::sha256};
  hash.update(std::as_bytes(std::span{big}));
  auto sink = answer_of(running->uploads, &upload_engine::open_sink, id).value();
  append(*sink, big).value();
  answer_of(*sink, &blob_sink::save, name("a"), upload_position{big.size(), false}, hash).value();
  sink.reset();
  restart();
  now += 2h;
  auto report = collect();
  BOOST_TEST(report.links == 1U);
  BOOST_TEST(report.leased_links == 1U);
  BOOST_TEST(answer_of(*open("a"), &repository_store::find_blob, blob).has_value());
  now += 24h;
  report = collect();
  BOOST_TEST(report.uploads == 1U);
  BOOST_TEST(report.links == 1U);
  BOOST_TEST(!answer_of(*open("a"), &repository_store::find_blob, blob).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_blob_deleted_everywhere_keeps_its_lease_and_grace, collecting) {
  const auto id = push("a", big);
  unlink(*open("a"), id).value();
  BOOST_TEST((state_of(id) == blob_state::unlinked));
  collect();
  BOOST_TEST((state_of(id) == blob_state::unlinked));
  now += lease_time;
  collect();
  BOOST_TEST((state_of(id) == blob_state::condemned));
  now += grace;
  BOOST_TEST(collect().blobs == 1U);
  BOOST_TEST(!has_file(id));
}

BOOST_AUTO_TEST_SUITE_END()
