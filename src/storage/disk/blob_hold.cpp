#include "storage/disk/blob_hold.hpp"

#include "storage/disk/layout.hpp"

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <sys/file.h>
#include <system_error>

namespace gantry::storage {

namespace {

file open_hold(file_system& system, const std::filesystem::path& folder) {
  file opened{system, system.open(AT_FDCWD, (folder / layout::hold).c_str(),
                                  O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640)};
  if (opened)
    give_to_owner(opened, {system, AT_FDCWD}, folder.c_str());
  return opened;
}

} // namespace

file hold_blobs(const std::filesystem::path& folder) {
  auto held = open_hold(real_file_system(), folder);
  int outcome = -1;
  while (held && (outcome = ::flock(held.descriptor(), LOCK_SH)) != 0 && errno == EINTR) {
  }
  if (outcome != 0)
    throw std::runtime_error{(folder / layout::hold).string() +
                             " cannot be locked: " + std::system_category().message(errno)};
  return held;
}

result<std::optional<file>> claim_removal(const std::filesystem::path& folder,
                                          file_system& system) {
  auto claimed = open_hold(system, folder);
  if (!claimed)
    return system_failure(errno, "open the file that backups lock");
  if (system.lock(claimed.descriptor(), LOCK_EX | LOCK_NB) == 0)
    return std::optional{std::move(claimed)};
  if (errno == EWOULDBLOCK)
    return std::optional<file>{};
  return system_failure(errno, "lock the file that backups lock");
}

} // namespace gantry::storage
