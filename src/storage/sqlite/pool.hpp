// Read-only connections to one database, one per concurrent reader.
#pragma once

#include "base/mutex.hpp"
#include "storage/sqlite/connection.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace gantry::storage::sqlite {

/// Thread-safe.
class pool {
public:
  /// A connection on loan to one thread; the destructor returns it.
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

  explicit pool(location place) : place_{std::move(place)} {}

  /// Opens another connection if none is free. Throws `failure`.
  reader acquire();

private:
  void give_back(std::unique_ptr<connection> idle) noexcept;

  const location place_;
  mutex mutex_;
  std::vector<std::unique_ptr<connection>> idle_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::storage::sqlite
