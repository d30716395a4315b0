// Tells the states of a file apart.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace gantry {

/// What identifies a state of a file: two different ones hardly ever have the same.
struct file_stamp {
  /// When it was last written, in nanoseconds since 1970.
  std::int64_t changed = 0;
  std::uint64_t device = 0;
  std::uint64_t node = 0;
  /// Bytes.
  std::uint64_t size = 0;

  bool operator==(const file_stamp&) const = default;
};

/// Follows links. Absent without a file.
std::optional<file_stamp> stamp_of(const std::filesystem::path& file);

} // namespace gantry
