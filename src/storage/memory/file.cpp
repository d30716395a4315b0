#include "storage/memory/file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
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

/// Makes a hole there, as far as the memory allows: what stays is written over by the next owner.
void free_memory(int descriptor, std::uint64_t begin, std::uint64_t length) noexcept {
  while (::fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                     static_cast<off_t>(begin), static_cast<off_t>(length)) != 0 &&
         errno == EINTR)
    ;
}

} // namespace

memory_file::~memory_file() {
  if (home_)
    home_->give_back(descriptor_, begin_);
}

result<void> memory_file::write(std::span<const std::byte> bytes, std::uint64_t offset) {
  if (offset + bytes.size() > memory_arena::range)
    return system_failure(ENOSPC);
  while (!bytes.empty()) {
    const auto n =
      ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(begin_ + offset));
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    } else if (errno != EINTR) {
      return system_failure(errno);
    }
  }
  return {};
}

result<void> memory_file::read(std::span<std::byte> buffer, std::uint64_t offset) const {
  while (!buffer.empty()) {
    const auto n =
      ::pread(descriptor_, buffer.data(), buffer.size(), static_cast<off_t>(begin_ + offset));
    if (n > 0) {
      buffer = buffer.subspan(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    } else if (n == 0 || errno != EINTR) {
      return fail(errc::internal);
    }
  }
  return {};
}

memory_arena::~memory_arena() {
  for (const auto& each : parts_)
    if (each.descriptor >= 0)
      ::close(each.descriptor);
}

result<memory_file> memory_arena::open_file() {
  auto& home = parts_[next_++ % parts_.size()];
  const std::lock_guard lock{home.mutex};
  if (home.descriptor < 0) {
    home.descriptor = ::memfd_create("blobs", MFD_CLOEXEC);
    if (home.descriptor < 0)
      return system_failure(errno);
  }
  if (home.free.empty()) {
    if (home.fresh == max_ranges)
      return system_failure(ENOSPC);
    // Giving it back later must not fail.
    home.free.reserve(home.fresh + 1);
    home.free.push_back(home.fresh++);
  }
  const auto number = home.free.back();
  home.free.pop_back();
  return memory_file{shared_from_this(), home.descriptor, number * range};
}

void memory_arena::give_back(int descriptor, std::uint64_t begin) noexcept {
  free_memory(descriptor, begin, range);
  const auto home = std::find_if(parts_.begin(), parts_.end(),
                                 [&](const part& each) { return each.descriptor == descriptor; });
  const std::lock_guard lock{home->mutex};
  home->free.push_back(begin / range);
}

} // namespace gantry::storage
