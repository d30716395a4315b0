#include "storage/memory/file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace gantry::storage {

namespace {

error system_failure(int number) {
  switch (number) {
  case EMFILE:
  case ENFILE: return fail(errc::insufficient_storage, "no more files can be opened");
  case ENOSPC:
  case ENOMEM:
  case EDQUOT: return fail(errc::insufficient_storage, "the machine's memory is exhausted");
  default: return fail(errc::internal);
  }
}

/// Three quarters of the descriptors that the process may have.
::rlim_t descriptors_for_files() {
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return RLIM_INFINITY;
  return limit.rlim_cur / 4 * 3;
}

} // namespace

memory_file::~memory_file() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

result<memory_file> memory_file::create() {
  const int descriptor = ::memfd_create("blob", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0)
    return system_failure(errno);
  memory_file created{descriptor};
  // The kernel gives the lowest free number: from here on the rest is for sockets.
  if (static_cast<::rlim_t>(descriptor) >= descriptors_for_files())
    return system_failure(EMFILE);
  return created;
}

result<void> memory_file::write(std::span<const std::byte> bytes, std::uint64_t offset) {
  const auto start = offset;
  while (!bytes.empty()) {
    const auto n = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    } else if (errno != EINTR) {
      const int number = errno;
      // Shrinking a file in RAM cannot fail; and if it did, only the seal's size check would.
      [[maybe_unused]] const int ignored = ::ftruncate(descriptor_, static_cast<off_t>(start));
      return system_failure(number);
    }
  }
  return {};
}

result<std::size_t> memory_file::read(std::span<std::byte> buffer, std::uint64_t offset) const {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const auto n = ::pread(descriptor_, buffer.data() + done, buffer.size() - done,
                           static_cast<off_t>(offset + done));
    if (n == 0)
      break;
    if (n > 0)
      done += static_cast<std::size_t>(n);
    else if (errno != EINTR)
      return system_failure(errno);
  }
  return done;
}

result<void> memory_file::seal() {
  constexpr int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
  if (::fcntl(descriptor_, F_ADD_SEALS, seals) != 0)
    return system_failure(errno);
  return {};
}

} // namespace gantry::storage
