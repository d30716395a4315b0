#include "storage/disk/engine.hpp"

#include "base/mutex.hpp"
#include "storage/disk/blobs.hpp"
#include "storage/disk/catalog.hpp"
#include "storage/disk/garbage_collection.hpp"
#include "storage/disk/layout.hpp"
#include "storage/disk/partial_clearing.hpp"
#include "storage/disk/scrub.hpp"
#include "storage/disk/store.hpp"

#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

class disk_engine final : public storage_engine {
public:
  explicit disk_engine(disk_options options)
    : store_{std::move(options)}, blobs_{store_}, catalog_{store_} {
    if (auto finished = finish_purges(store_); !finished)
      throw std::runtime_error{store_.folder.path().string() +
                               " cannot be used: " + std::string{to_string(finished.error().code)}};
  }

  blob_engine& blobs() override { return blobs_; }
  metadata_engine& metadata() override { return catalog_; }

  void clear() override {
    ++store_.uploads->generation;
    // First, because an upload that survives could be resumed.
    remove_uploads();
    const auto forgotten = store_.writes.run([](sqlite::connection& database) -> result<void> {
      for (const auto* sql :
           {"DELETE FROM tags", "DELETE FROM referrers", "DELETE FROM manifest_references",
            "DELETE FROM manifest_states", "DELETE FROM lost_subjects", "DELETE FROM manifests",
            "DELETE FROM links", "DELETE FROM blob_contents", "DELETE FROM blobs",
            "DELETE FROM repositories", "UPDATE totals SET bytes = 0"})
        database.run(sql);
      return {};
    });
    ++store_.outside_changes;
    if (!forgotten)
      throw storage_failure{forgotten.error()};
    remove_blobs();
  }

  void clear_within(const repository_name& top) override {
    const auto forgotten = store_.writes.run([&](sqlite::connection& database) -> result<void> {
      remove_rows_within(database, top);
      return {};
    });
    ++store_.outside_changes;
    if (!forgotten)
      throw storage_failure{forgotten.error()};
    if (const auto removed = remove_uploads_within(store_, top); !removed)
      throw storage_failure{removed.error()};
  }

  result<void> health() const override { return store_.folder.health(); }

  storage_room room() const override {
    return {.used = committed_bytes(),
            .free = store_.folder.free_bytes(),
            .is_full = store_.reserve.is_used_up()};
  }

  std::uint64_t used_bytes() const override {
    // Wait for the queued writes: they have been answered.
    std::ignore = store_.writes.run([](sqlite::connection&) { return result<void>{}; });
    return committed_bytes();
  }

  result<gc_report> collect(const gc_policy& policy, const progress_callback& progress) override {
    const lock_guard one_at_a_time{collecting_};
    auto collected = garbage_collection{store_, policy}.run(progress);
    store_.reserve.restore();
    return collected;
  }

  result<scrub_report> scrub(std::uint64_t bytes_per_second,
                             const progress_callback& progress) override {
    const lock_guard one_at_a_time{scrubbing_};
    return scrub_blobs(store_, bytes_per_second, progress);
  }

private:
  std::uint64_t committed_bytes() const {
    const auto stored = read_database(store_.readers, [](auto& database) {
      return result<std::int64_t>{database.number("SELECT bytes FROM totals", 0)};
    });
    return (stored ? static_cast<std::uint64_t>(*stored) : 0) + store_.uploads->bytes;
  }

  /// The rows are gone. Bytes that cannot be removed now are orphans, which a collection finds.
  void remove_blobs() {
    std::ignore = store_.folder.for_each_blob(
      [this](const digest& id) {
        // The blob may have been pushed again meanwhile.
        if (store_.guard.begin_quarantine(id)) {
          remove_without_row(id);
          store_.guard.end_sweep(id);
        }
        return true;
      },
      [](const std::string&) {});
  }

  void remove_without_row(const digest& id) {
    const auto row = read_database(store_.readers, [&](auto& database) {
      return result<bool>{find_row(database, id).has_value()};
    });
    if (row && !*row)
      std::ignore = store_.folder.remove_blob(id);
  }

  void remove_uploads() {
    std::vector<std::string> names;
    std::ignore = for_each_name(store_.folder.uploads(),
                                [&](std::string_view name) { names.emplace_back(name); });
    for (const auto& name : names) {
      const auto id = upload_id::parse(name.substr(0, name.find('.')));
      // Keep uploads that were opened after the clearing.
      if (id && store_.uploads->is_current(*id))
        continue;
      const auto removed = remove_file(store_.folder.uploads(), name);
      if (removed && *removed && id && name == layout::record_name(*id) &&
          !store_.uploads->is_claimed(*id))
        store_.uploads->not_left();
    }
  }

  mutex collecting_;
  mutex scrubbing_;
  mutable disk_store store_;
  disk_blobs blobs_;
  disk_catalog catalog_;
};

} // namespace

std::unique_ptr<storage_engine> open_disk_engine(disk_options options) {
  struct stat found {};
  if (options.files.status(AT_FDCWD, (options.folder / layout::backup).c_str(), found, 0) == 0)
    throw std::runtime_error{options.folder.string() +
                             " holds a backup, which must stay as it is: gantry restore " +
                             options.folder.string() + " --data NEW makes a registry of it"};
  return std::make_unique<disk_engine>(std::move(options));
}

} // namespace gantry::storage
