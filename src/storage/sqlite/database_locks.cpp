#include "storage/sqlite/database_locks.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cassert>

namespace gantry::storage::sqlite {

bool file_locks::raise(int& held, int wanted) {
  if (held < SQLITE_LOCK_SHARED && wanted >= SQLITE_LOCK_SHARED) {
    if (exclusive_)
      return false;
    ++shared_;
    held = SQLITE_LOCK_SHARED;
  }
  if (held < SQLITE_LOCK_RESERVED && wanted >= SQLITE_LOCK_RESERVED) {
    if (reserved_)
      return false;
    reserved_ = true;
    held = SQLITE_LOCK_RESERVED;
  }
  if (held >= wanted)
    return true;
  if (shared_ > 1)
    return false;
  exclusive_ = true;
  held = SQLITE_LOCK_EXCLUSIVE;
  return true;
}

void file_locks::lower(int& held, int wanted) {
  if (held >= SQLITE_LOCK_EXCLUSIVE && wanted < SQLITE_LOCK_EXCLUSIVE)
    exclusive_ = false;
  if (held >= SQLITE_LOCK_RESERVED && wanted < SQLITE_LOCK_RESERVED)
    reserved_ = false;
  if (held >= SQLITE_LOCK_SHARED && wanted < SQLITE_LOCK_SHARED)
    --shared_;
  assert(shared_ >= 0);
  held = std::min(held, wanted);
}

void* log_index::region(std::size_t number, std::size_t size, bool make) {
  while (make && regions_.size() <= number)
    regions_.push_back(std::make_unique<std::byte[]>(size));
  return number < regions_.size() ? regions_[number].get() : nullptr;
}

bool log_index::lock(held_locks& held, std::size_t first, std::size_t count, bool shared) {
  for (auto i = first; i < first + count; ++i)
    if (held[i] == 0 && (shared ? locks_[i] < 0 : locks_[i] != 0))
      return false;
  for (auto i = first; i < first + count; ++i) {
    if (held[i] != 0)
      continue;
    held[i] = shared ? 1 : -1;
    locks_[i] += held[i];
  }
  return true;
}

void log_index::unlock(held_locks& held, std::size_t first, std::size_t count) {
  for (auto i = first; i < first + count; ++i) {
    locks_[i] -= held[i];
    held[i] = 0;
  }
}

} // namespace gantry::storage::sqlite
