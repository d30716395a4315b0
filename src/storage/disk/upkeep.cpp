#include "storage/disk/upkeep.hpp"

#include "storage/answer_later.hpp"
#include "storage/disk/garbage_collection.hpp"
#include "storage/disk/history_rows.hpp"
#include "storage/disk/layout.hpp"
#include "storage/disk/partial_clearing.hpp"
#include "storage/disk/scrub.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

/// Files that are removed while no one can publish their blobs.
constexpr std::size_t removed_at_once = 200;

} // namespace

disk_upkeep::disk_upkeep(disk_store& store, std::size_t workers)
  : store_{store},
    collecting_{std::min<std::size_t>(workers, 1)},
    scrubbing_{std::min<std::size_t>(workers, 1)},
    clearing_{std::min<std::size_t>(workers, 1)} {}

void disk_upkeep::clear(completion<void> done) {
  answer_later(clearing_, std::move(done), [this] { return clear_all(); });
}

void disk_upkeep::clear_within(const repository_name& top, completion<void> done) {
  answer_later(clearing_, std::move(done), [this, top] { return clear_all_within(top); });
}

void disk_upkeep::collect(const gc_policy& policy, progress_callback progress,
                          completion<gc_report> done) {
  answer_later(collecting_, std::move(done), [this, policy, progress = std::move(progress)] {
    auto collected = garbage_collection{store_, policy}.run(progress);
    store_.reserve.restore();
    return collected;
  });
}

void disk_upkeep::scrub(std::uint64_t bytes_per_second, progress_callback progress,
                        completion<scrub_report> done) {
  answer_later(scrubbing_, std::move(done),
               [this, bytes_per_second, progress = std::move(progress)] {
                 return scrub_blobs(store_, bytes_per_second, progress);
               });
}

storage_room disk_upkeep::room() const {
  return {.used = committed_bytes(),
          .free = store_.folder.free_bytes(),
          .is_full = store_.reserve.is_used_up()};
}

void disk_upkeep::used_bytes(completion<std::uint64_t> done) const {
  // After the queued writes: they have been answered.
  store_.writes.when_written(
    [this, done = std::move(done)](const result<void>&) { done(committed_bytes()); });
}

result<void> disk_upkeep::clear_all() {
  ++store_.uploads->generation;
  // First, because an upload that survives could be resumed.
  remove_uploads();
  auto forgotten = store_.writes.run([](sqlite::connection& database) -> result<void> {
    for (const auto* sql :
         {"DELETE FROM tags", "DELETE FROM referrers", "DELETE FROM manifest_references",
          "DELETE FROM manifest_states", "DELETE FROM lost_subjects", "DELETE FROM manifests",
          "DELETE FROM kept_manifests", "DELETE FROM links", "DELETE FROM blob_contents",
          "DELETE FROM blobs", "DELETE FROM repositories", "UPDATE totals SET bytes = 0"})
      database.run(sql);
    forget_history(database);
    return {};
  });
  ++store_.outside_changes;
  if (!forgotten)
    return forgotten;
  remove_blobs();
  return {};
}

result<void> disk_upkeep::clear_all_within(const repository_name& top) {
  auto forgotten = store_.writes.run([&](sqlite::connection& database) -> result<void> {
    remove_rows_within(database, top);
    return {};
  });
  ++store_.outside_changes;
  if (!forgotten)
    return forgotten;
  remove_uploads_within(store_, top);
  return {};
}

std::uint64_t disk_upkeep::committed_bytes() const {
  const auto stored = read_database(store_.readers, [](auto& database) {
    return result<std::int64_t>{database.number("SELECT bytes FROM totals", 0)};
  });
  return (stored ? static_cast<std::uint64_t>(*stored) : 0) + store_.uploads->bytes;
}

void disk_upkeep::remove_blobs() {
  std::vector<digest> found;
  std::ignore = store_.folder.for_each_blob(
    [&](const digest& id) {
      found.push_back(id);
      if (found.size() == removed_at_once)
        remove_without_rows(std::exchange(found, {}));
      return true;
    },
    [](const std::string&) {});
  remove_without_rows(std::move(found));
}

void disk_upkeep::remove_without_rows(std::vector<digest> ids) {
  // One that is being pushed again meanwhile stays.
  const auto held = store_.keeper.reserve(std::move(ids), leased_digests::may_go);
  for (const auto& each : held)
    remove_without_row(each.id);
}

void disk_upkeep::remove_without_row(const digest& id) {
  const auto row = read_database(store_.readers, [&](auto& database) {
    return result<bool>{find_row(database, id).has_value()};
  });
  if (row && !*row)
    std::ignore = store_.folder.remove_blob(id);
}

void disk_upkeep::remove_uploads() {
  auto& uploads = *store_.uploads;
  // Those that were opened after the clearing stay.
  for (const auto& each : uploads.records.all())
    if (!uploads.is_current(each.id) && uploads.records.forget(each.id) &&
        !uploads.is_claimed(each.id))
      uploads.not_left();
  std::vector<std::string> names;
  std::ignore = for_each_name(store_.folder.uploads(),
                              [&](std::string_view name) { names.emplace_back(name); });
  for (const auto& name : names) {
    const auto id = upload_id::parse(name.substr(0, name.find('.')));
    if (!id || !uploads.is_current(*id))
      std::ignore = remove_file(store_.folder.uploads(), name);
  }
}

} // namespace gantry::storage
