#include "base/file_stamp.hpp"

#include <sys/stat.h>

namespace gantry {

std::optional<file_stamp> stamp_of(const std::filesystem::path& file) {
  constexpr std::int64_t second = 1'000'000'000;
  struct stat seen {};
  if (::stat(file.c_str(), &seen) != 0)
    return std::nullopt;
  return file_stamp{.changed = static_cast<std::int64_t>(seen.st_mtim.tv_sec) * second +
                               seen.st_mtim.tv_nsec,
                    .device = seen.st_dev,
                    .node = seen.st_ino,
                    .size = static_cast<std::uint64_t>(seen.st_size)};
}

} // namespace gantry
