// The locks of one database file, and the index of its write-ahead log, among the connections of
// one thread: what the operating system keeps for SQLite otherwise.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace gantry::storage::sqlite {

/// The locks of SQLite's file format, one after the other: shared, reserved, exclusive.
class file_locks {
public:
  /// Raises the lock that a connection has (SQLITE_LOCK_*) as far as others allow; returns whether
  /// that is as far as it wants.
  bool raise(int& held, int wanted);
  void lower(int& held, int wanted);
  bool is_reserved() const noexcept { return reserved_; }

private:
  int shared_ = 0;
  bool reserved_ = false;
  bool exclusive_ = false;
};

/// Shared memory in regions of one size, and eight locks that protect parts of it.
class log_index {
public:
  static constexpr std::size_t lock_count = 8;

  /// The locks of one connection: 0, 1 for shared, -1 for exclusive.
  using held_locks = std::array<int, lock_count>;

  /// Null if there is no such region and none is to be made.
  void* region(std::size_t number, std::size_t size, bool make);
  bool lock(held_locks& held, std::size_t first, std::size_t count, bool shared);
  void unlock(held_locks& held, std::size_t first, std::size_t count);

private:
  std::vector<std::unique_ptr<std::byte[]>> regions_;
  /// The number of shared locks, or -1.
  std::array<int, lock_count> locks_{};
};

struct database_locks {
  file_locks file;
  /// Null while no connection uses it.
  std::shared_ptr<log_index> log;
};

} // namespace gantry::storage::sqlite
