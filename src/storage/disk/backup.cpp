#include "storage/disk/backup.hpp"

#include "storage/disk/blob_hold.hpp"
#include "storage/disk/folder.hpp"
#include "storage/disk/layout.hpp"
#include "storage/disk/schema.hpp"
#include "storage/sqlite/connection.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <system_error>
#include <tuple>
#include <unistd.h>
#include <unordered_set>
#include <utility>

namespace gantry::storage {

namespace fs = std::filesystem;

namespace {

constexpr const char* new_database = "metadata.db.new";
/// In the folder `uploads` of the copy, where no upload can have this name.
constexpr const char* unfinished = "copy";

using mode = sqlite::connection::mode;

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw std::runtime_error{path.string() + ' ' + why};
}

/// After a system call that has failed.
[[noreturn]] void refuse_errno(const fs::path& path, const std::string& what) {
  const auto number = errno;
  refuse(path, what + ": " + std::system_category().message(number));
}

template <class T>
T demand(const fs::path& path, result<T> outcome) {
  if (!outcome)
    refuse(path, outcome.error().code == errc::disk_full ? "cannot be written: its disk is full"
                                                         : "cannot be written");
  if constexpr (!std::is_void_v<T>)
    return std::move(*outcome);
}

file open_root(const fs::path& folder) {
  file root{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!root)
    refuse_errno(folder, "cannot be opened");
  return root;
}

bool has(const file& root, const char* name) {
  return ::faccessat(root.descriptor(), name, F_OK, 0) == 0;
}

/// The size of a file; empty if there is none.
std::optional<std::uint64_t> size_of(int folder, const std::string& name) {
  struct stat found {};
  if (::fstatat(folder, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(found.st_mode))
    return std::nullopt;
  return static_cast<std::uint64_t>(found.st_size);
}

std::string path_of(const digest& id) {
  return std::string{layout::blobs} + '/' + std::string{to_string(id.algorithm())} + '/' +
         layout::folder_name(layout::fan_out(id)) + '/' + layout::file_name(id);
}

bool has_bytes(std::int64_t state) {
  return state == static_cast<std::int64_t>(blob_state::live) ||
         state == static_cast<std::int64_t>(blob_state::condemned) ||
         state == static_cast<std::int64_t>(blob_state::unlinked);
}

/// Copies one data folder into another. One thread.
class replication {
public:
  replication(const fs::path& source, data_folder& target, const backup_options& options,
              const progress_callback& progress)
    : source_{source},
      target_{target},
      root_{open_root(source)},
      target_root_{open_root(target.path())},
      options_{options},
      progress_{progress} {}

  backup_report run();

private:
  void settle_old_database();
  void take_snapshot();
  void take_blobs();
  void take(const digest& id, std::uint64_t size);
  /// False if the file must be copied instead.
  bool link(const std::string& from, int folder, const std::string& name);
  void copy(const std::string& from, int folder, const std::string& name, std::uint64_t size);
  void look_into_losses();
  void commit();
  void remove_rest();

  fs::path target(const char* name) const { return target_.path() / name; }
  std::string source_database() const { return (source_ / layout::database).string(); }

  const fs::path source_;
  data_folder& target_;
  file root_;
  file target_root_;
  const backup_options options_;
  const progress_callback& progress_;
  std::vector<digest> lost_;
  bool may_link_ = true;
  backup_report report_;
};

backup_report replication::run() {
  if (!has(root_, layout::database))
    refuse(source_, "is not a gantry data folder: it has no " + std::string{layout::database});
  const auto held = hold_blobs(source_);
  settle_old_database();
  take_snapshot();
  take_blobs();
  look_into_losses();
  commit();
  remove_rest();
  return std::move(report_);
}

// A log that belongs to the old database would be applied to the new one.
void replication::settle_old_database() {
  for (const auto* rest : {"", "-journal", "-wal", "-shm"})
    fs::remove(target((new_database + std::string{rest}).c_str()));
  std::ignore = demand(target_.path(), remove_file(target_.uploads(), unfinished));
  if (has(target_root_, layout::database))
    sqlite::connection{target_.database(), mode::write}.execute("PRAGMA journal_mode=DELETE");
  if (has(target_root_, layout::database_wal))
    refuse(target_.path(), "is in use: stop the program that reads it");
}

void replication::take_snapshot() {
  // Write access, because the first reader of a stopped registry creates files.
  sqlite::connection original{source_database(), mode::write};
  if (original.number("PRAGMA user_version", 0) > schema_version)
    refuse(source_, "was written by a newer gantry: use that one");
  sqlite::connection copy{target(new_database).string(), mode::create};
  copy.execute("PRAGMA synchronous=OFF"); // all is synced before it gets its name
  original.copy_to(copy);
  copy.execute("PRAGMA journal_mode=DELETE");
}

void replication::take_blobs() {
  sqlite::connection snapshot{target(new_database).string(), mode::read};
  const auto total = static_cast<std::uint64_t>(snapshot.number("SELECT COUNT(*) FROM blobs", 0));
  auto rows = snapshot.query("SELECT digest, size, state, inline FROM blobs");
  for (std::uint64_t done = 0; rows.next(); ++done) {
    const auto id = digest::from_binary(rows.text(0));
    const auto size = static_cast<std::uint64_t>(rows.integer(1));
    if (progress_)
      progress_(done, total);
    if (!id || !has_bytes(rows.integer(2)))
      continue;
    ++report_.blobs;
    report_.bytes += size;
    if (rows.integer(3) == static_cast<std::int64_t>(blob_place::file))
      take(*id, size);
  }
}

void replication::take(const digest& id, std::uint64_t size) {
  const int folder = demand(target_.path(), target_.blob_folder(id)).descriptor();
  const auto name = layout::file_name(id);
  const auto present = size_of(folder, name);
  if (present == size) {
    ++report_.present;
    return;
  }
  const auto from = path_of(id);
  if (size_of(root_.descriptor(), from) != size) {
    lost_.push_back(id);
    return;
  }
  if (present)
    std::ignore = demand(target_.path(), remove_file(folder, name));
  if (!link(from, folder, name))
    copy(from, folder, name, size);
}

bool replication::link(const std::string& from, int folder, const std::string& name) {
  if (options_.copy || !may_link_)
    return false;
  if (::linkat(root_.descriptor(), from.c_str(), folder, name.c_str(), 0) == 0) {
    ++report_.linked;
    return true;
  }
  if (errno == EXDEV) // another file system: so it is for all
    may_link_ = false;
  // EPERM: no links here, or not to a file of another user. EMLINK: it has too many.
  else if (errno != EPERM && errno != EMLINK && errno != EOPNOTSUPP)
    refuse_errno(source_ / from, "cannot be linked");
  return false;
}

void replication::copy(const std::string& from, int folder, const std::string& name,
                       std::uint64_t size) {
  const file bytes{::openat(root_.descriptor(), from.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  if (!bytes)
    refuse_errno(source_ / from, "cannot be read");
  const auto made = demand(target_.path(), create_file(target_.uploads(), unfinished));
  // Shares the blocks if the file system can.
  if (::ioctl(made.descriptor(), FICLONE, bytes.descriptor()) != 0)
    demand(target_.path(), copy_bytes(bytes, made, size));
  demand(target_.path(), made.sync());
  demand(target_.path(), rename_file(target_.uploads(), unfinished, folder, name));
  ++report_.copied;
  report_.copied_bytes += size;
}

// A blob that the registry itself cannot serve is no reason against a backup; a reset is.
void replication::look_into_losses() {
  if (lost_.empty())
    return;
  sqlite::connection original{source_database(), mode::write};
  for (const auto& id : lost_) {
    if (original.number("SELECT 1 FROM blobs WHERE digest = ?1", 0,
                        sqlite::bytes{id.to_binary()}) == 0)
      refuse(source_, "was reset meanwhile: repeat the backup");
    report_.damaged.push_back(id.to_string() + ": its file is missing or cut");
  }
}

void replication::commit() {
  if (::syncfs(target_root_.descriptor()) != 0)
    refuse_errno(target_.path(), "cannot be synced");
  const auto root = target_root_.descriptor();
  demand(target_.path(), rename_file(root, new_database, root, layout::database));
  demand(target_.path(), sync_folder(root));
}

void replication::remove_rest() {
  sqlite::connection snapshot{target_.database(), mode::read};
  const auto is_named = [&](const digest& id) {
    return snapshot.number("SELECT 1 FROM blobs WHERE digest = ?1 AND inline = 0", 0,
                           sqlite::bytes{id.to_binary()}) == 1;
  };
  demand(target_.path(), target_.for_each_blob(
                           [&](const digest& id) {
                             if (!is_named(id) && demand(target_.path(), target_.remove_blob(id)))
                               ++report_.removed;
                             return true;
                           },
                           [](const std::string&) {}));
}

/// Database failures are reported in one line.
backup_report replicate(const fs::path& source, data_folder& target, const backup_options& options,
                        const progress_callback& progress) {
  try {
    return replication{source, target, options, progress}.run();
  } catch (const sqlite::failure& failed) {
    refuse(source, std::string{"cannot be copied: "} + failed.what());
  }
}

bool holds_nothing(const fs::path& folder) {
  if (!fs::exists(folder))
    return true;
  for (const auto& each : fs::directory_iterator{folder})
    if (each.path().filename() != "lost+found")
      return false;
  return true;
}

} // namespace

backup_report back_up(const fs::path& data, const fs::path& to, const backup_options& options,
                      const progress_callback& progress) {
  if (fs::exists(to / layout::database) && !fs::exists(to / layout::backup))
    refuse(to, "holds a registry, not a backup: choose another folder");
  if (!fs::exists(data / layout::database))
    refuse(data, "is not a gantry data folder: it has no " + std::string{layout::database});
  data_folder target{to, true, {}};
  if (fs::equivalent(data, to))
    refuse(to, "is the folder of the registry itself: choose another one");
  const auto root = open_root(to);
  const auto mark = demand(to, create_file(root.descriptor(), layout::backup));
  demand(to, mark.sync());
  return replicate(data, target, options, progress);
}

backup_report restore_backup(const fs::path& from, const fs::path& data,
                             const backup_options& options, const progress_callback& progress) {
  if (!fs::exists(from / layout::backup))
    refuse(from, "holds no backup: gantry backup makes one");
  const data_folder source{from, false, {}};
  if (!holds_nothing(data))
    refuse(data, "is not empty: choose an empty or a new folder");
  data_folder target{data, true, {}};
  return replicate(from, target, options, progress);
}

} // namespace gantry::storage
