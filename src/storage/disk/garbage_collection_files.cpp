#include "storage/disk/garbage_collection.hpp"

#include "storage/disk/layout.hpp"

#include <algorithm>
#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

struct file_facts {
  std::uint64_t size;
  time_point changed;
};

std::optional<file_facts> stat_file(folder_view folder, const std::string& name) {
  struct stat found {};
  if (folder.system().status(folder.descriptor(), name.c_str(), found, AT_SYMLINK_NOFOLLOW) != 0)
    return std::nullopt;
  const auto changed =
    std::chrono::seconds{found.st_mtim.tv_sec} + std::chrono::nanoseconds{found.st_mtim.tv_nsec};
  return file_facts{static_cast<std::uint64_t>(found.st_size),
                    time_point{std::chrono::duration_cast<time_point::duration>(changed)}};
}

} // namespace

void garbage_collection::find_saved_uploads() {
  if (saved_uploads_)
    return;
  std::unordered_map<std::string, time_point> saved;
  for (const auto& each : store_.uploads->records.all()) {
    if (store_.uploads->is_claimed(each.id) || has_expired(each.saved))
      continue;
    auto& until = saved[each.repository.to_string()];
    until = std::max(until, each.saved + policy_.upload_expiry);
  }
  saved_uploads_ = std::move(saved);
}

bool garbage_collection::has_expired(time_point saved) const {
  return saved + policy_.upload_expiry <= store_.now();
}

result<void> garbage_collection::expire_uploads() {
  auto& uploads = *store_.uploads;
  for (const auto& each : uploads.records.all()) {
    if (!go_on())
      return {};
    // So that no client opens it meanwhile.
    const auto claimed = upload_claim::of(store_.uploads, each.id);
    const auto saved = claimed ? uploads.records.saved_at(each.id) : std::nullopt;
    if (!saved || !has_expired(*saved))
      continue;
    const auto data = stat_file(store_.folder.uploads(), layout::data_name(each.id));
    if (!policy_.dry_run)
      uploads.forget(each.id);
    report_.bytes += data ? data->size : 0;
    ++report_.uploads;
  }
  return expire_files_without_record();
}

/// Their uploads were never saved, or have finished.
result<void> garbage_collection::expire_files_without_record() {
  std::vector<std::string> names;
  const auto folder = store_.folder.uploads();
  auto listed = for_each_name(folder, [&](std::string_view name) { names.emplace_back(name); });
  if (!listed)
    return listed;
  for (const auto& name : names) {
    if (!go_on())
      break;
    const auto id = upload_id::parse(name.substr(0, name.find('.')));
    const auto claimed = id ? upload_claim::of(store_.uploads, *id) : std::nullopt;
    if (!claimed || store_.uploads->records.saved_at(*id))
      continue;
    const auto facts = stat_file(folder, name);
    if (!facts || !has_expired(facts->changed))
      continue;
    if (!policy_.dry_run) {
      if (auto removed = remove_file(folder, name); !removed)
        return removed.error();
    }
    report_.bytes += facts->size;
  }
  return {};
}

result<void> garbage_collection::remove_orphans() {
  std::optional<error> wrong;
  auto walked = store_.folder.for_each_blob(
    [&](const digest& id) {
      ++done_;
      const auto row = read_database(store_.readers, [&](auto& database) {
        return result<bool>{find_row(database, id).has_value()};
      });
      if (row && !*row) {
        if (auto removed = remove_orphan(id); !removed)
          wrong = removed.error();
      }
      return !wrong && (done_ % piece != 0 || go_on());
    },
    [](const std::string&) {});
  return wrong ? result<void>{*wrong} : walked;
}

result<void> garbage_collection::remove_orphan(const digest& id) {
  const auto held = store_.keeper.reserve({id}, leased_digests::stay);
  if (held.empty())
    return {};
  // While it is reserved, no publication can add a row.
  const auto row = read_database(store_.readers, [&](auto& database) {
    return result<bool>{find_row(database, id).has_value()};
  });
  auto folder = store_.folder.blob_folder(id);
  const auto facts =
    folder ? stat_file(*folder, layout::file_name(id)) : std::optional<file_facts>{};
  result<void> outcome;
  if (row && !*row && facts && store_.now() - facts->changed >= policy_.grace) {
    if (!policy_.dry_run) {
      if (auto removed = store_.folder.remove_blob(id); !removed)
        outcome = removed.error();
    }
    if (outcome) {
      ++report_.orphans;
      report_.bytes += facts->size;
    }
  }
  return outcome;
}

} // namespace gantry::storage
