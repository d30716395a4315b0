#include "storage/disk/files.hpp"

#include "telemetry/log.hpp"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace gantry::storage {

namespace {

/// Repeats a system call while signals interrupt it.
template <class Call>
auto uninterrupted(Call call) {
  auto outcome = call();
  while (outcome < 0 && errno == EINTR)
    outcome = call();
  return outcome;
}

struct folder_closer {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

result<std::optional<file>> open_existing(int folder, const std::string& name, int access) {
  const int descriptor =
    uninterrupted([&] { return ::openat(folder, name.c_str(), access | O_CLOEXEC | O_NOFOLLOW); });
  if (descriptor >= 0)
    return std::optional{file{descriptor}};
  if (errno == ENOENT)
    return std::optional<file>{};
  return system_failure(errno, "open " + name);
}

} // namespace

error system_failure(int number, std::string_view what) {
  switch (number) {
  case ENOSPC:
  case EDQUOT:
  case EFBIG: return fail(errc::disk_full);
  case EMFILE:
  case ENFILE: return fail(errc::descriptors_exhausted);
  default:
    telemetry::log().error("storage: {}: {}", what, std::system_category().message(number));
    return fail(errc::storage_failed);
  }
}

file::~file() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

result<void> file::write(std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const auto n = uninterrupted([&] {
      return ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    });
    if (n < 0)
      return system_failure(errno, "write");
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

result<std::size_t> read_file(int descriptor, std::span<std::byte> buffer, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const auto n = uninterrupted([&] {
      return ::pread(descriptor, buffer.data() + done, buffer.size() - done,
                     static_cast<off_t>(offset + done));
    });
    if (n < 0)
      return system_failure(errno, "read");
    if (n == 0)
      break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

result<std::size_t> file::read(std::span<std::byte> buffer, std::uint64_t offset) const {
  return read_file(descriptor_, buffer, offset);
}

result<std::uint64_t> file::size() const {
  struct stat found {};
  if (::fstat(descriptor_, &found) != 0)
    return system_failure(errno, "stat");
  return static_cast<std::uint64_t>(found.st_size);
}

result<void> file::truncate(std::uint64_t size) {
  if (uninterrupted([&] { return ::ftruncate(descriptor_, static_cast<off_t>(size)); }) != 0)
    return system_failure(errno, "truncate");
  return {};
}

result<std::uint64_t> file::names() const {
  struct stat facts {};
  if (::fstat(descriptor_, &facts) != 0)
    return system_failure(errno, "read the size of a file");
  return static_cast<std::uint64_t>(facts.st_nlink);
}

result<void> file::sync() const {
  if (uninterrupted([&] { return ::fdatasync(descriptor_); }) != 0)
    return system_failure(errno, "sync");
  return {};
}

result<std::optional<file>> open_for_reading(int folder, const std::string& name) {
  return open_existing(folder, name, O_RDONLY);
}

result<std::optional<file>> open_for_writing(int folder, const std::string& name) {
  return open_existing(folder, name, O_RDWR);
}

result<file> create_file(int folder, const std::string& name) {
  const int descriptor = uninterrupted([&] {
    return ::openat(folder, name.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                    0640);
  });
  if (descriptor < 0)
    return system_failure(errno, "create " + name);
  return file{descriptor};
}

result<file> open_folder(int parent, const std::string& name) {
  if (::mkdirat(parent, name.c_str(), 0750) != 0 && errno != EEXIST)
    return system_failure(errno, "create the folder " + name);
  // Sync even if the folder existed: a process may have created it and died before the sync.
  if (auto kept = sync_folder(parent); !kept)
    return kept.error();
  const int descriptor = ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return system_failure(errno, "open the folder " + name);
  return file{descriptor};
}

result<void> sync_folder(int folder) {
  if (uninterrupted([&] { return ::fsync(folder); }) != 0)
    return system_failure(errno, "sync a folder");
  return {};
}

result<void> rename_file(int from, const std::string& old_name, int to,
                         const std::string& new_name) {
  if (::renameat(from, old_name.c_str(), to, new_name.c_str()) != 0)
    return system_failure(errno, "rename " + old_name + " to " + new_name);
  return {};
}

result<bool> link_file(int from, const std::string& name, int to, const std::string& new_name) {
  auto link = [&] { return ::linkat(from, name.c_str(), to, new_name.c_str(), 0) == 0; };
  if (link())
    return true;
  if (errno == EEXIST) {
    if (auto removed = remove_file(to, new_name); !removed)
      return removed;
    if (link())
      return true;
  }
  if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS || errno == EMLINK)
    return false;
  return system_failure(errno, "link " + name + " to " + new_name);
}

result<void> copy_bytes(const file& from, const file& to, std::uint64_t size) {
  off_t offset = 0;
  while (static_cast<std::uint64_t>(offset) < size) {
    const auto left = size - static_cast<std::uint64_t>(offset);
    const auto n = ::sendfile(to.descriptor(), from.descriptor(), &offset, left);
    if (n == 0)
      return fail(errc::storage_failed);
    if (n < 0 && errno != EINTR)
      return system_failure(errno, "copy a file");
  }
  return {};
}

result<bool> remove_file(int folder, const std::string& name) {
  if (::unlinkat(folder, name.c_str(), 0) == 0)
    return true;
  if (errno == ENOENT)
    return false;
  return system_failure(errno, "remove " + name);
}

result<void> for_each_name(int folder, const std::function<void(std::string_view)>& visit) {
  // A separate descriptor: duplicates share one read position.
  const int descriptor = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return system_failure(errno, "open a folder");
  const std::unique_ptr<DIR, folder_closer> listing{::fdopendir(descriptor)};
  if (!listing) {
    const int number = errno;
    ::close(descriptor);
    return system_failure(number, "list a folder");
  }
  errno = 0;
  while (const auto* entry = ::readdir(listing.get())) { // NOLINT(concurrency-mt-unsafe)
    const std::string_view name{static_cast<const char*>(entry->d_name)};
    if (name != "." && name != "..")
      visit(name);
    errno = 0;
  }
  return errno == 0 ? result<void>{} : result<void>{system_failure(errno, "list a folder")};
}

} // namespace gantry::storage
