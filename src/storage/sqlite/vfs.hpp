// Lets SQLite keep its databases on a `file_system` of ours.
#pragma once

#include "storage/file_system.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace gantry::storage::sqlite {

/// What SQLite asks the world for.
struct surroundings {
  std::function<void(std::span<unsigned char>)> fill_with_random;
  /// Milliseconds since 1970.
  std::function<std::int64_t()> now;
  /// SQLite waits for another connection. Nothing happens meanwhile if there is one thread.
  std::function<void(std::chrono::microseconds)> pause;
};

class vfs_table; // vfs_table.hpp

/// For the connections of one thread: locks and the index of the write-ahead log are kept in
/// memory, where no other process sees them. While this lives it is SQLite's default, because
/// SQLite seeds its random numbers from that; connections must not outlive it.
class vfs {
public:
  vfs(file_system& files, surroundings around);
  ~vfs();
  vfs(const vfs&) = delete;
  vfs& operator=(const vfs&) = delete;

  /// For `location::vfs`.
  const char* name() const noexcept;

private:
  std::unique_ptr<vfs_table> table_;
};

} // namespace gantry::storage::sqlite
