// A library for LD_PRELOAD that records what a loss of power would leave: the state of each file
// and folder below a root at its last sync.
//
// Copies go to GANTRY_POWER_LOSS_SHADOW: `files/KEY` has the bytes of a file, `dirs/KEY` a line
// "KIND KEY NAME" for each entry of a folder. KEY is the inode and its birth time, because file
// systems reuse inodes of removed files. `crash.py` builds a folder from the copies.
//
// A copy is taken before the real sync and counts once that has succeeded, so it never contains
// later writes. Syncs of one file wait for each other: an older copy never replaces a newer one.
// Copies are written to another name and renamed, because the process may be killed at any
// instruction.
//
// Also answers reads of the kernel's boot id with GANTRY_POWER_LOSS_BOOT_ID: a machine that lost
// power has another one afterwards.

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

constexpr std::string_view boot_id_path = "/proc/sys/kernel/random/boot_id";

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

struct settings {
  std::string root;
  std::string shadow;
  std::string boot_id;
  /// The syncs to ignore, as if the program had forgotten them: data, folder or database.
  std::string drop;
};

std::string variable(const char* name) {
  const char* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
  return value ? value : "";
}

/// Never destroyed because threads sync until the very end.
const settings& configured() {
  static const auto* const only =
    new settings{variable("GANTRY_POWER_LOSS_ROOT"), variable("GANTRY_POWER_LOSS_SHADOW"),
                 variable("GANTRY_POWER_LOSS_BOOT_ID"), variable("GANTRY_POWER_LOSS_DROP")};
  return *only;
}

class descriptor {
public:
  explicit descriptor(int number) : number_{number} {}
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

private:
  int number_;
};

/// A failed copy would look like a missing sync.
[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::abort();
}

std::optional<std::string> key_of(int folder, const char* name, int flags) {
  struct statx found {};
  if (::statx(folder, name, flags | AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &found) != 0)
    return std::nullopt;
  return std::to_string(found.stx_ino) + '-' + std::to_string(found.stx_btime.tv_sec) + '.' +
         std::to_string(found.stx_btime.tv_nsec);
}

void write_all(int to, std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(to, text.data(), text.size());
    if (n < 0 && errno != EINTR)
      give_up("power_loss: write");
    text.remove_prefix(n < 0 ? 0 : static_cast<std::size_t>(n));
  }
}

void copy_file(int from, int to) {
  off_t offset = 0;
  constexpr std::size_t at_once = std::size_t{1} << 30;
  for (;;) {
    const auto n = ::sendfile(to, from, &offset, at_once);
    if (n == 0)
      return;
    if (n < 0 && errno != EINTR)
      give_up("power_loss: sendfile");
  }
}

void copy_folder(int from, int to) {
  // A separate descriptor: duplicates share one read position.
  DIR* const listing = ::fdopendir(::openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!listing)
    give_up("power_loss: list");
  std::string text;
  while (const auto* entry = ::readdir(listing)) { // NOLINT(concurrency-mt-unsafe)
    const std::string_view name{static_cast<const char*>(entry->d_name)};
    // Sockets hold no bytes that could be lost.
    if (name == "." || name == ".." || entry->d_type == DT_SOCK)
      continue;
    // A file that is being removed may be gone.
    if (const auto key = key_of(from, name.data(), 0))
      text.append(entry->d_type == DT_DIR ? "dir " : "file ")
        .append(*key)
        .append(1, ' ')
        .append(name)
        .append(1, '\n');
  }
  ::closedir(listing);
  write_all(to, text);
}

bool is_database(std::string_view path) {
  return path.substr(path.rfind('/') + 1).starts_with("metadata.db");
}

bool is_dropped(std::string_view path, bool is_folder) {
  const auto& drop = configured().drop;
  return is_folder ? drop == "folder" : drop == (is_database(path) ? "database" : "data");
}

/// Whether this is a file or folder below the root whose syncs count; also returns its place in the
/// shadow.
std::optional<std::string> shadow_of(int number, bool& is_folder) {
  const auto& [root, shadow, boot_id, drop] = configured();
  struct stat found {};
  if (root.empty() || shadow.empty() || ::fstat(number, &found) != 0)
    return std::nullopt;
  is_folder = S_ISDIR(found.st_mode);
  if (!is_folder && !S_ISREG(found.st_mode))
    return std::nullopt;
  std::array<char, 4096> target{};
  const auto link = "/proc/self/fd/" + std::to_string(number);
  const auto n = ::readlink(link.c_str(), target.data(), target.size());
  const std::string_view path{target.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
  if (path != root && !path.starts_with(root + '/'))
    return std::nullopt;
  if (is_dropped(path, is_folder))
    return std::nullopt;
  const auto key = key_of(number, "", AT_EMPTY_PATH);
  return shadow + (is_folder ? "/dirs/" : "/files/") + key.value();
}

std::mutex& lock_of(const std::string& path) {
  static auto* const locks = new std::array<std::mutex, 64>;
  return (*locks)[std::hash<std::string>{}(path) % locks->size()];
}

template <class Sync>
int sync_and_remember(int number, Sync sync) {
  bool is_folder = false;
  const auto path = shadow_of(number, is_folder);
  if (!path)
    return sync(number);
  const std::lock_guard lock{lock_of(*path)};
  const auto aside = *path + ".new";
  {
    const descriptor copy{::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (!copy.is_open())
      give_up("power_loss: open");
    is_folder ? copy_folder(number, copy.number()) : copy_file(number, copy.number());
  }
  const int outcome = sync(number);
  if (outcome == 0 && ::rename(aside.c_str(), path->c_str()) != 0)
    give_up("power_loss: rename");
  return outcome;
}

bool asks_for_boot_id(const char* path) {
  return path == boot_id_path && !configured().boot_id.empty();
}

int open_boot_id() {
  const int number = ::memfd_create("boot_id", MFD_CLOEXEC);
  if (number < 0)
    give_up("power_loss: memfd_create");
  write_all(number, configured().boot_id + '\n');
  ::lseek(number, 0, SEEK_SET);
  return number;
}

/// The argument after the flags, if the flags say that there is one.
mode_t mode_after(int flags, std::va_list arguments) {
  const bool has_mode = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  return has_mode ? va_arg(arguments, mode_t) : 0;
}

} // namespace

extern "C" {

int fsync(int number) {
  static const auto real = next<int (*)(int)>("fsync");
  return sync_and_remember(number, real);
}

int fdatasync(int number) {
  static const auto real = next<int (*)(int)>("fdatasync");
  return sync_and_remember(number, real);
}

int open(const char* path, int flags, ...) {
  static const auto real = next<int (*)(const char*, int, ...)>("open");
  std::va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_after(flags, arguments);
  va_end(arguments);
  return asks_for_boot_id(path) ? open_boot_id() : real(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  static const auto real = next<int (*)(const char*, int, ...)>("open64");
  std::va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_after(flags, arguments);
  va_end(arguments);
  return asks_for_boot_id(path) ? open_boot_id() : real(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  static const auto real = next<int (*)(int, const char*, int, ...)>("openat");
  std::va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_after(flags, arguments);
  va_end(arguments);
  return asks_for_boot_id(path) ? open_boot_id() : real(folder, path, flags, mode);
}

// libstdc++ opens its file streams through fopen64.

FILE* fopen(const char* path, const char* how) {
  static const auto real = next<FILE* (*)(const char*, const char*)>("fopen");
  return asks_for_boot_id(path) ? ::fdopen(open_boot_id(), how) : real(path, how);
}

FILE* fopen64(const char* path, const char* how) {
  static const auto real = next<FILE* (*)(const char*, const char*)>("fopen64");
  return asks_for_boot_id(path) ? ::fdopen(open_boot_id(), how) : real(path, how);
}

} // extern "C"
