#include "storage/disk/garbage_collection.hpp"

#include "storage/disk/layout.hpp"
#include "storage/disk/upload_record.hpp"

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

result<void> garbage_collection::find_saved_uploads() {
  if (saved_uploads_)
    return {};
  std::unordered_map<std::string, time_point> saved;
  const auto folder = store_.folder.uploads();
  std::vector<std::string> names;
  auto listed = for_each_name(folder, [&](std::string_view name) { names.emplace_back(name); });
  if (!listed)
    return listed;
  for (const auto& name : names) {
    const auto id = upload_id::parse(name);
    const auto facts =
      id && !store_.uploads->is_claimed(*id) ? stat_file(folder, name) : std::nullopt;
    if (!facts || facts->changed + policy_.upload_expiry <= store_.now())
      continue;
    const auto repository = read_repository(folder, name);
    if (!repository)
      return repository.error();
    if (!*repository)
      continue;
    auto& until = saved[(**repository).to_string()];
    until = std::max(until, facts->changed + policy_.upload_expiry);
  }
  saved_uploads_ = std::move(saved);
  return {};
}

result<void> garbage_collection::expire_uploads() {
  std::vector<std::string> names;
  const auto folder = store_.folder.uploads();
  auto listed = for_each_name(folder, [&](std::string_view name) { names.emplace_back(name); });
  if (!listed)
    return listed;
  for (const auto& name : names) {
    if (!go_on())
      break;
    const auto is_data = name.ends_with(".data");
    const auto id = upload_id::parse(name.substr(0, name.find('.')));
    // So that no client opens it meanwhile.
    const auto claimed = id ? upload_claim::of(store_.uploads, *id) : std::nullopt;
    if (!claimed)
      continue;
    const auto facts = stat_file(folder, name);
    // A data file without a record belongs to an upload that was never saved or has finished.
    const auto record = is_data ? stat_file(folder, layout::record_name(*id)) : facts;
    if (!facts || store_.now() - (record ? record : facts)->changed < policy_.upload_expiry)
      continue;
    if (!policy_.dry_run) {
      if (auto removed = remove_file(folder, name); !removed)
        return removed.error();
      else if (*removed && name == layout::record_name(*id))
        store_.uploads->not_left();
    }
    report_.bytes += is_data ? facts->size : 0;
    report_.uploads += name == layout::record_name(*id) ? 1 : 0;
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
