// Notices that a file was replaced or rewritten.
#pragma once

#include "base/file_stamp.hpp"

#include <optional>
#include <string>

namespace gantry::app {

/// Watches one file, by its folder: editors, deployments and symbolic links replace files instead
/// of writing them. Not thread-safe.
class file_watch {
public:
  /// The file may be absent. If the kernel has no watch left, changes go unnoticed, and a warning
  /// says so.
  explicit file_watch(std::string file);
  file_watch(const file_watch&) = delete;
  file_watch& operator=(const file_watch&) = delete;
  ~file_watch();

  /// Readable when something has happened in the folder; -1 if nothing can be noticed.
  int descriptor() const noexcept { return descriptor_; }
  /// Whether the file is another one than at the last call; not while it is absent.
  bool has_changed();

private:
  std::string file_;
  int descriptor_ = -1;
  std::optional<file_stamp> seen_;
};

} // namespace gantry::app
