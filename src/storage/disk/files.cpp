#include "storage/disk/files.hpp"

#include "telemetry/log.hpp"

#include <cerrno>
#include <fcntl.h>
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

result<std::optional<file>> open_existing(folder_view folder, const std::string& name, int access) {
  auto& system = folder.system();
  const int descriptor = uninterrupted([&] {
    return system.open(folder.descriptor(), name.c_str(), access | O_CLOEXEC | O_NOFOLLOW, 0);
  });
  if (descriptor >= 0)
    return std::optional{file{system, descriptor}};
  if (errno == ENOENT)
    return std::optional<file>{};
  return system_failure(errno, "open " + name);
}

/// `more` are flags besides those of every file that is made.
result<file> open_or_make(folder_view folder, const std::string& name, int more) {
  auto& system = folder.system();
  const int descriptor = uninterrupted([&] {
    return system.open(folder.descriptor(), name.c_str(),
                       O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | more, 0640);
  });
  if (descriptor < 0)
    return system_failure(errno, "create " + name);
  return file{system, descriptor};
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
    system_->close(descriptor_);
}

result<void> file::write(std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const auto n = uninterrupted([&] { return system_->write(descriptor_, bytes, offset); });
    if (n < 0)
      return system_failure(errno, "write");
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

result<std::size_t> file::read(std::span<std::byte> buffer, std::uint64_t offset) const {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const auto n = uninterrupted(
      [&] { return system_->read(descriptor_, buffer.subspan(done), offset + done); });
    if (n < 0)
      return system_failure(errno, "read");
    if (n == 0)
      break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

result<std::uint64_t> file::size() const {
  struct stat found {};
  if (system_->status(descriptor_, found) != 0)
    return system_failure(errno, "stat");
  return static_cast<std::uint64_t>(found.st_size);
}

result<void> file::truncate(std::uint64_t size) {
  if (uninterrupted([&] { return system_->truncate(descriptor_, size); }) != 0)
    return system_failure(errno, "truncate");
  return {};
}

result<std::uint64_t> file::names() const {
  struct stat facts {};
  if (system_->status(descriptor_, facts) != 0)
    return system_failure(errno, "read the size of a file");
  return static_cast<std::uint64_t>(facts.st_nlink);
}

result<void> file::sync() const {
  if (uninterrupted([&] { return system_->sync(descriptor_); }) != 0)
    return system_failure(errno, "sync");
  return {};
}

result<std::optional<file>> open_for_reading(folder_view folder, const std::string& name) {
  return open_existing(folder, name, O_RDONLY);
}

result<std::optional<file>> open_for_writing(folder_view folder, const std::string& name) {
  return open_existing(folder, name, O_RDWR);
}

result<file> create_file(folder_view folder, const std::string& name) {
  return open_or_make(folder, name, O_TRUNC);
}

result<file> open_or_create(folder_view folder, const std::string& name) {
  auto opened = open_or_make(folder, name, 0);
  if (opened)
    give_to_owner(*opened, folder, ".");
  return opened;
}

void give_to_owner(const file& made, folder_view folder, const char* path) {
  auto& system = folder.system();
  struct stat owner {};
  if (::geteuid() == 0 && system.status(folder.descriptor(), path, owner, 0) == 0)
    std::ignore = system.change_owner(made.descriptor(), owner.st_uid, owner.st_gid);
}

result<file> open_folder(folder_view parent, const std::string& name) {
  auto& system = parent.system();
  if (system.make_folder(parent.descriptor(), name.c_str(), 0750) != 0 && errno != EEXIST)
    return system_failure(errno, "create the folder " + name);
  // Sync even if the folder existed: a process may have created it and died before the sync.
  if (auto kept = sync_folder(parent); !kept)
    return kept.error();
  const int descriptor =
    system.open(parent.descriptor(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (descriptor < 0)
    return system_failure(errno, "open the folder " + name);
  return file{system, descriptor};
}

result<void> sync_folder(folder_view folder) {
  if (uninterrupted([&] { return folder.system().sync_folder(folder.descriptor()); }) != 0)
    return system_failure(errno, "sync a folder");
  return {};
}

result<void> rename_file(folder_view from, const std::string& old_name, folder_view to,
                         const std::string& new_name) {
  if (from.system().rename(from.descriptor(), old_name.c_str(), to.descriptor(),
                           new_name.c_str()) != 0)
    return system_failure(errno, "rename " + old_name + " to " + new_name);
  return {};
}

result<bool> link_file(folder_view from, const std::string& name, folder_view to,
                       const std::string& new_name) {
  auto link = [&] {
    return from.system().link(from.descriptor(), name.c_str(), to.descriptor(), new_name.c_str()) ==
           0;
  };
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
  auto& system = from.folder().system();
  for (std::uint64_t offset = 0; offset < size;) {
    const auto n = uninterrupted(
      [&] { return system.copy(to.descriptor(), from.descriptor(), offset, size - offset); });
    if (n < 0)
      return system_failure(errno, "copy a file");
    if (n == 0)
      return fail(errc::storage_failed);
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

result<bool> remove_file(folder_view folder, const std::string& name) {
  if (folder.system().remove(folder.descriptor(), name.c_str()) == 0)
    return true;
  if (errno == ENOENT)
    return false;
  return system_failure(errno, "remove " + name);
}

result<void> for_each_name(folder_view folder, const std::function<void(std::string_view)>& visit) {
  if (folder.system().list(folder.descriptor(), visit) != 0)
    return system_failure(errno, "list a folder");
  return {};
}

} // namespace gantry::storage
