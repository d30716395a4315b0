// Notices that a file was replaced or rewritten.
#pragma once

#include <cstdint>
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
  struct state {
    std::uint64_t device = 0;
    std::uint64_t number = 0;
    std::int64_t size = -1;
    std::int64_t modified = 0;
    bool operator==(const state&) const = default;
  };

  state look() const;

  std::string file_;
  int descriptor_ = -1;
  state seen_;
};

} // namespace gantry::app
