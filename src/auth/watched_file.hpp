// A file of settings that may change while the server runs.
#pragma once

#include "base/file_stamp.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace gantry::auth {

/// How often its users look at a file, at most.
inline constexpr std::chrono::seconds look_interval{1};

/// One thread at a time.
class watched_file {
public:
  explicit watched_file(std::filesystem::path file, std::size_t max_bytes)
    : file_{std::move(file)}, max_bytes_{max_bytes} {}

  const std::filesystem::path& path() const noexcept { return file_; }
  /// Whether the file is another one than `read` saw, or came or went since; also before the first
  /// `read`.
  bool has_changed() const;
  /// Absent if the file cannot be read, or is longer than `max_bytes`.
  std::optional<std::string> read();

private:
  const std::filesystem::path file_;
  const std::size_t max_bytes_;
  bool was_read_ = false;
  /// The state that was read; absent if there was none.
  std::optional<file_stamp> read_;
};

} // namespace gantry::auth
