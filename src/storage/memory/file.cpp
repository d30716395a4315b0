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
  case ENFILE: return fail(errc::descriptors_exhausted);
  case ENOSPC:
  case EFBIG:
  case ENOMEM:
  case EDQUOT: return fail(errc::disk_full, "the machine's memory is exhausted");
  default: return fail(errc::internal);
  }
}

/// Punches a hole. Bytes in flight to a client do not change, because the next owner of the range
/// gets other pages.
bool free_memory(int descriptor, std::uint64_t begin, std::uint64_t length) noexcept {
  constexpr int hole = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  int outcome = 0;
  do
    outcome = ::fallocate(descriptor, hole, static_cast<off_t>(begin), static_cast<off_t>(length));
  while (outcome != 0 && errno == EINTR);
  return outcome == 0;
}

} // namespace

memory_file::~memory_file() {
  if (home_)
    home_->give_back(*this);
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

memory_mapping memory_file::map(std::uint64_t size) const noexcept {
  if (!home_ || size < std::max<std::uint64_t>(home_->limits_.smallest, 1))
    return {};
  if (home_->mappings_++ < home_->limits_.most) {
    auto* const bytes = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor_, // NOLINT
                               static_cast<off_t>(begin_));
    if (bytes != MAP_FAILED)
      return {home_, {static_cast<const char*>(bytes), size}};
  }
  --home_->mappings_;
  return {};
}

memory_mapping::~memory_mapping() {
  if (!home_)
    return;
  ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  --home_->mappings_;
}

memory_arena::~memory_arena() {
  for (const auto& each : parts_)
    if (each.descriptor >= 0)
      ::close(each.descriptor);
}

result<memory_file> memory_arena::open_file() {
  const auto number_of_part = next_++ % parts_.size();
  auto& home = parts_[number_of_part];
  const lock_guard lock{home.mutex};
  if (home.descriptor < 0) {
    home.descriptor = ::memfd_create("blobs", MFD_CLOEXEC);
    if (home.descriptor < 0)
      return system_failure(errno);
  }
  if (home.free.empty()) {
    if (home.fresh == max_ranges)
      return system_failure(ENOSPC);
    // Reserve room now, because `give_back` must not fail.
    home.free.reserve(home.fresh + 1);
    home.free.push_back(home.fresh++);
  }
  const auto number = home.free.back();
  home.free.pop_back();
  return memory_file{shared_from_this(), number_of_part, home.descriptor, number * range};
}

void memory_arena::give_back(const memory_file& file) noexcept {
  // A range that still has its pages is not used again.
  if (!free_memory(file.descriptor_, file.begin_, range))
    return;
  auto& home = parts_[file.part_];
  const lock_guard lock{home.mutex};
  home.free.push_back(file.begin_ / range);
}

} // namespace gantry::storage
