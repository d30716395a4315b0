#include "storage/disk/folder.hpp"

#include "storage/disk/layout.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <tuple>
#include <unistd.h>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

constexpr std::chrono::milliseconds lock_pause{100};

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw std::runtime_error{path.string() + ' ' + why};
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what, int number) {
  refuse(path, what + ": " + std::system_category().message(number));
}

/// Files that must stay in place while the folder is open. The last four are created later: those
/// of SQLite by the first read or write; they are kept until its last handle closes.
constexpr std::array<const char*, 7> watched_names{
  layout::lock,     layout::blobs,        layout::uploads,     layout::upload_records,
  layout::database, layout::database_wal, layout::database_shm};

/// 0 if the file does not exist.
std::uint64_t inode_of(folder_view folder, const char* name) {
  struct stat found {};
  return folder.system().status(folder.descriptor(), name, found, 0) == 0 ? found.st_ino : 0;
}

bool is_known(std::string_view name) {
  return name == layout::lock || name.starts_with(layout::database) || name == layout::blobs ||
         name == layout::uploads || name == layout::upload_records || name == layout::quarantine ||
         name == layout::reserve || name == layout::control || name == layout::hold ||
         name == layout::backup || name == "lost+found";
}

/// Also of what is not a folder.
bool is_empty(folder_view parent, const char* name) {
  auto& system = parent.system();
  const file opened{system,
                    system.open(parent.descriptor(), name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)};
  bool empty = true;
  if (opened)
    std::ignore = for_each_name(opened.folder(), [&](std::string_view) { empty = false; });
  return empty;
}

/// Makes the name of a folder durable. What holds it may be closed to us: then others have made it.
int sync_name(file_system& system, const std::filesystem::path& path) {
  const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
  const file opened{system,
                    system.open(AT_FDCWD, parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)};
  return opened ? system.sync_folder(opened.descriptor()) : 0;
}

/// Makes the folder and those that it is in. Its name is durable even if an earlier process has
/// made it and died. Returns an `errno`, or zero.
int make_durably(file_system& system, const std::filesystem::path& wanted) {
  const auto path = wanted.has_filename() ? wanted : wanted.parent_path();
  std::filesystem::path made;
  for (const auto& part : path) {
    made /= part;
    struct stat found {};
    if (system.status(AT_FDCWD, made.c_str(), found, 0) == 0)
      continue;
    if (system.make_folder(AT_FDCWD, made.c_str(), 0777) != 0 && errno != EEXIST)
      return errno;
    if (sync_name(system, made) != 0)
      return errno;
  }
  return sync_name(system, path) == 0 ? 0 : errno;
}

template <class T>
T demand(const std::filesystem::path& path, result<T> outcome) {
  if (!outcome)
    refuse(path, outcome.error().code == errc::disk_full ? "cannot be used: its disk is full"
                                                         : "cannot be written");
  return std::move(*outcome);
}

} // namespace

data_folder::data_folder(const std::filesystem::path& path, bool create, const lock_wait& wait,
                         file_system& system)
  : system_{system}, path_{path} {
  struct stat found {};
  if (system_.status(AT_FDCWD, path.c_str(), found, 0) == 0 && !S_ISDIR(found.st_mode))
    refuse(path, "is a file, not a folder");
  if (const int failed = create ? make_durably(system_, path) : 0; failed != 0)
    refuse(path, "cannot be created", failed);
  root_ =
    file{system_, system_.open(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)};
  if (!root_)
    refuse(path, "cannot be opened", errno);
  check(create);
  lock(wait);
  blobs_ = demand(path, open_folder(root(), layout::blobs));
  uploads_ = demand(path, open_folder(root(), layout::uploads));
  inode_ = inode_of(root(), ".");
  for (std::size_t i = 0; watched_names[i] != layout::upload_records; ++i)
    inodes_[i] = inode_of(root(), watched_names[i]);
}

file data_folder::upload_records() const {
  return demand(path_, open_or_create(root(), layout::upload_records));
}

bool data_folder::holds(folder_view folder, const char* name) const noexcept {
  struct stat found {};
  return system_.status(folder.descriptor(), name, found, 0) == 0;
}

void data_folder::check(bool create) const {
  check_contents();
  if (!create && !holds(root(), layout::database) && holds(root(), layout::backup))
    refuse(path_, "holds a backup that was interrupted: repeat gantry backup");
  if (!create && !holds(root(), layout::database))
    refuse(path_, "is not a gantry data folder: it has no " + std::string{layout::database});
}

void data_folder::check_contents() const {
  const auto root = root_.folder();
  bool has_database = false;
  bool has_blobs = false;
  bool is_backup = false;
  std::vector<std::string> foreign;
  const auto listed = for_each_name(root, [&](std::string_view name) {
    has_database = has_database || name == layout::database;
    is_backup = is_backup || name == layout::backup;
    if (!is_known(name))
      foreign.emplace_back(name);
    has_blobs = has_blobs || (name == layout::blobs && !is_empty(root, layout::blobs));
  });
  if (!listed)
    refuse(path_, "cannot be listed");
  // A backup gets its database last.
  if (has_database || is_backup || (foreign.empty() && !has_blobs))
    return;
  if (foreign.empty())
    refuse(path_, "holds blobs and no " + std::string{layout::database} +
                    ": restore that file from a backup, or choose an empty folder");
  if (std::ranges::find(foreign, "docker") != foreign.end())
    refuse(path_,
           "holds the data of docker-registry: stop that one, then gantry import --link registry:" +
             path_.string() + " --data NEW moves it into the new folder NEW");
  refuse(path_, "is not empty and not a gantry data folder (it holds '" + foreign.front() +
                  "'): choose an empty folder");
}

result<void> data_folder::health() const {
  std::string wrong;
  if (inode_of({system_, AT_FDCWD}, path_.c_str()) != inode_)
    wrong = path_.string();
  for (std::size_t i = 0; i < watched_names.size() && wrong.empty(); ++i) {
    const auto inode = inode_of(root(), watched_names[i]);
    std::uint64_t known = 0;
    // The first inode seen is the reference.
    if (!inodes_[i].compare_exchange_strong(known, inode) && known != inode)
      wrong = (path_ / watched_names[i]).string();
  }
  if (wrong.empty())
    return {};
  if (!reported_.exchange(true))
    telemetry::log().error("storage: {} was removed or replaced while in use: nothing is "
                           "acknowledged any more; put it back, or restart",
                           wrong);
  return fail(errc::storage_failed);
}

std::optional<std::uint64_t> data_folder::free_bytes() const noexcept {
  struct statvfs disk {};
  if (system_.space(root_.descriptor(), disk) != 0)
    return std::nullopt;
  return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

void data_folder::lock(const lock_wait& wait) {
  lock_ = file{system_,
               system_.open(root_.descriptor(), layout::lock, O_RDWR | O_CREAT | O_CLOEXEC, 0640)};
  if (!lock_)
    refuse(path_, "cannot be written", errno);
  const auto begin = std::chrono::steady_clock::now();
  for (bool told = false; !try_lock(); std::this_thread::sleep_for(lock_pause)) {
    const auto waited = std::chrono::steady_clock::now() - begin;
    if (waited >= wait.at_most || (wait.give_up && wait.give_up()))
      refuse(path_, std::string{told ? "is still" : "is"} + " in use by another process" + owner() +
                      ": stop it first, or choose another folder");
    if (!std::exchange(told, true))
      telemetry::log().warn("{} is in use by another process{}: waiting for it to exit",
                            path_.string(), owner());
  }
  // Only for the message above: the kernel knows who holds the lock.
  const auto owner = "process " + std::to_string(::getpid());
  if (lock_.truncate(0))
    std::ignore = lock_.write(std::as_bytes(std::span{owner}), 0);
}

bool data_folder::try_lock() {
  if (system_.lock(lock_.descriptor(), LOCK_EX | LOCK_NB) == 0)
    return true;
  if (errno != EWOULDBLOCK)
    refuse(path_, "cannot be locked", errno);
  return false;
}

std::string data_folder::owner() const {
  std::array<std::byte, 32> text{};
  const auto n = lock_.read(text, 0);
  return n && *n > 0 ? " (" + std::string{reinterpret_cast<const char*>(text.data()), *n} + ")"
                     : std::string{};
}

sqlite::location data_folder::database() const {
  return {(path_ / layout::database).string(), system_.database_vfs()};
}

result<folder_view> data_folder::quarantine() {
  const lock_guard guard{mutex_};
  if (!quarantine_) {
    auto opened = open_folder(root(), layout::quarantine);
    if (!opened)
      return opened.error();
    quarantine_ = std::move(*opened);
  }
  return quarantine_.folder();
}

void data_folder::retire_if_removed(file& folder) {
  struct stat found {};
  if (folder && system_.status(folder.descriptor(), found) == 0 && found.st_nlink == 0)
    retired_.push_back(std::exchange(folder, file{}));
}

result<std::optional<folder_view>> data_folder::open_fan_out(digest_algorithm algorithm,
                                                             std::uint8_t byte, bool create) {
  const std::string top{to_string(algorithm)};
  const std::optional<folder_view> none;
  const lock_guard guard{mutex_};
  auto& folders = folders_[static_cast<std::size_t>(algorithm)];
  retire_if_removed(folders.top);
  retire_if_removed(folders.below[byte]);
  const auto absent = [this, create](folder_view parent, const std::string& name) {
    return !create && !holds(parent, name.c_str());
  };
  if (!folders.top) {
    if (absent(blobs_.folder(), top))
      return none;
    auto opened = open_folder(blobs_.folder(), top);
    if (!opened)
      return opened.error();
    folders.top = std::move(*opened);
  }
  auto& folder = folders.below[byte];
  if (!folder) {
    const auto name = layout::folder_name(byte);
    if (absent(folders.top.folder(), name))
      return none;
    auto opened = open_folder(folders.top.folder(), name);
    if (!opened)
      return opened.error();
    folder = std::move(*opened);
  }
  return std::optional{folder.folder()};
}

result<folder_view> data_folder::blob_folder(const digest& id) {
  const auto opened = open_fan_out(id.algorithm(), layout::fan_out(id), true);
  return opened ? result<folder_view>{**opened} : result<folder_view>{opened.error()};
}

result<std::optional<file>> data_folder::get_blob(const digest& id) {
  const auto folder = open_fan_out(id.algorithm(), layout::fan_out(id), false);
  if (!folder)
    return folder.error();
  return *folder ? open_for_reading(**folder, layout::file_name(id)) : std::optional<file>{};
}

result<bool> data_folder::remove_blob(const digest& id) {
  const auto folder = open_fan_out(id.algorithm(), layout::fan_out(id), false);
  if (!folder)
    return folder.error();
  return *folder ? remove_file(**folder, layout::file_name(id)) : result<bool>{false};
}

result<void> data_folder::for_each_blob(const std::function<bool(const digest&)>& visit,
                                        const std::function<void(const std::string&)>& foreign) {
  bool going = true;
  for (std::size_t i = 0; i < algorithms; ++i) {
    const auto algorithm = static_cast<digest_algorithm>(i);
    for (int byte = 0; going && byte < 256; ++byte) {
      const auto folder = open_fan_out(algorithm, static_cast<std::uint8_t>(byte), false);
      if (!folder)
        return folder.error();
      if (!*folder)
        continue;
      // Collect the names first: `visit` may remove files, which would disturb the listing.
      std::vector<std::string> names;
      auto listed =
        for_each_name(**folder, [&](std::string_view name) { names.emplace_back(name); });
      if (!listed)
        return listed;
      for (auto name = names.begin(); going && name != names.end(); ++name) {
        const auto id = layout::parse_file_name(algorithm, *name);
        if (id && layout::fan_out(*id) == byte)
          going = visit(*id);
        else
          foreign(*name);
      }
    }
  }
  return {};
}

} // namespace gantry::storage
