#include "storage/sqlite/pool.hpp"

namespace gantry::storage::sqlite {

pool::reader pool::acquire() {
  {
    const lock_guard lock{mutex_};
    if (!idle_.empty()) {
      auto taken = std::move(idle_.back());
      idle_.pop_back();
      return {*this, std::move(taken)};
    }
  }
  auto opened = std::make_unique<connection>(place_, connection::mode::read);
  opened->execute("PRAGMA cache_size=-1024");
  return {*this, std::move(opened)};
}

void pool::give_back(std::unique_ptr<connection> idle) noexcept {
  const lock_guard lock{mutex_};
  idle_.push_back(std::move(idle));
}

} // namespace gantry::storage::sqlite
