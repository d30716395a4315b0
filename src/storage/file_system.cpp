#include "storage/file_system.hpp"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <linux/fs.h>
#include <memory>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

namespace gantry::storage {

namespace {

struct folder_closer {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

class operating_system final : public file_system {
public:
  int open(int folder, const char* name, int flags, mode_t mode) override {
    return ::openat(folder, name, flags, mode);
  }

  void close(int descriptor) noexcept override { ::close(descriptor); }

  ssize_t read(int descriptor, std::span<std::byte> buffer, std::uint64_t offset) override {
    return ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(offset));
  }

  ssize_t write(int descriptor, std::span<const std::byte> bytes, std::uint64_t offset) override {
    return ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  }

  int truncate(int descriptor, std::uint64_t size) override {
    return ::ftruncate(descriptor, static_cast<off_t>(size));
  }

  int allocate(int descriptor, std::uint64_t size) override {
    return ::fallocate(descriptor, 0, 0, static_cast<off_t>(size));
  }

  int sync(int descriptor) override { return ::fdatasync(descriptor); }
  int sync_folder(int descriptor) override { return ::fsync(descriptor); }
  int status(int descriptor, struct stat& found) override { return ::fstat(descriptor, &found); }

  int status(int folder, const char* name, struct stat& found, int flags) override {
    return ::fstatat(folder, name, &found, flags);
  }

  int change_owner(int descriptor, uid_t user, gid_t group) override {
    return ::fchown(descriptor, user, group);
  }

  int lock(int descriptor, int how) override { return ::flock(descriptor, how); }

  int make_folder(int parent, const char* name, mode_t mode) override {
    return ::mkdirat(parent, name, mode);
  }

  int rename(int from, const char* old_name, int to, const char* new_name) override {
    return ::renameat(from, old_name, to, new_name);
  }

  int link(int from, const char* name, int to, const char* new_name) override {
    return ::linkat(from, name, to, new_name, 0);
  }

  int link_open(int descriptor, int to, const char* name) override {
    const auto open = "/proc/self/fd/" + std::to_string(descriptor);
    return ::linkat(AT_FDCWD, open.c_str(), to, name, AT_SYMLINK_FOLLOW);
  }

  int clone(int to, int from) override { return ::ioctl(to, FICLONE, from); }

  // The target's own offset moves along, because it begins at zero and nothing else uses it.
  ssize_t copy(int to, int from, std::uint64_t offset, std::uint64_t size) override {
    auto begin = static_cast<off_t>(offset);
    return ::sendfile(to, from, &begin, size);
  }

  int remove(int folder, const char* name) override { return ::unlinkat(folder, name, 0); }

  int list(int folder, const std::function<void(std::string_view)>& visit) override {
    // A separate descriptor: duplicates share one read position.
    const int descriptor = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
      return -1;
    const std::unique_ptr<DIR, folder_closer> listing{::fdopendir(descriptor)};
    if (!listing) {
      const int number = errno;
      ::close(descriptor);
      errno = number;
      return -1;
    }
    errno = 0;
    // This thread alone has the listing. NOLINTNEXTLINE(concurrency-mt-unsafe)
    while (const auto* entry = ::readdir(listing.get())) {
      const std::string_view name{static_cast<const char*>(entry->d_name)};
      if (name != "." && name != "..")
        visit(name);
      errno = 0;
    }
    return errno == 0 ? 0 : -1;
  }

  int space(int folder, struct statvfs& found) override { return ::fstatvfs(folder, &found); }

  std::string boot_id() override {
    std::ifstream kernel{"/proc/sys/kernel/random/boot_id"};
    std::string id;
    std::getline(kernel, id);
    return id;
  }
};

} // namespace

file_system& real_file_system() noexcept {
  // Never destroyed: files may be closed until the end of the process. Without memory for it, the
  // process has not begun. NOLINTNEXTLINE(bugprone-unhandled-exception-at-new)
  static auto* const system = new operating_system;
  return *system;
}

} // namespace gantry::storage
