// Read-only connections to one database, for as many readers as there are at a time.
#pragma once

#include "base/mutex.hpp"
#include "storage/sqlite/connection.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gantry::storage::sqlite {

/// Any thread.
class pool {
public:
  /// A connection of the pool's, for one thread; goes back when destroyed.
  class reader {
  public:
    reader(pool& home, std::unique_ptr<connection> taken) noexcept
      : home_{&home}, taken_{std::move(taken)} {}
    reader(reader&&) noexcept = default;
    reader& operator=(reader&&) = delete;
    ~reader() {
      if (taken_)
        home_->give_back(std::move(taken_));
    }
    connection* operator->() const noexcept { return taken_.get(); }
    connection& operator*() const noexcept { return *taken_; }

  private:
    pool* home_;
    std::unique_ptr<connection> taken_;
  };

  explicit pool(std::string path) : path_{std::move(path)} {}

  /// Opens another connection where none is free. Throws `failure`.
  reader acquire();

private:
  void give_back(std::unique_ptr<connection> idle) noexcept;

  std::string path_;
  mutex mutex_;
  std::vector<std::unique_ptr<connection>> idle_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::storage::sqlite
