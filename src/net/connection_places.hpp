// Counts the connections of all threads, and chooses which one to drop when the limit is reached.
#pragma once

#include "base/mutex.hpp"
#include "net/connection_list.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace gantry::net {

/// Thread-safe; outlives the threads of the lists.
class connection_places {
public:
  /// `most` is at least 1. A body slower than the minimum rate may be dropped after `patience`.
  connection_places(std::size_t most, std::chrono::milliseconds patience);

  /// False if all places are taken.
  bool take() noexcept;
  void give_back() noexcept { --taken_; }
  std::size_t taken() const noexcept { return taken_; }

  /// Adds the connections of a thread, before any of them takes a place.
  void add(boost::asio::any_io_executor thread, std::shared_ptr<connection_list> connections);

  /// Drops the connection that can best be spared: the longest-idle one, otherwise the slowest
  /// body. This happens soon, on the connection's thread, and frees its place. False if none can be
  /// spared.
  ///
  /// Each thread publishes since when its front connection has waited, so the choice is exact
  /// except for changes until that thread acts.
  bool make_room();

private:
  struct member {
    boost::asio::any_io_executor thread;
    std::shared_ptr<connection_list> connections;
    /// Set while the thread has been told to drop one and has not done so yet.
    std::shared_ptr<std::atomic<bool>> told;
  };

  const member* longest_idle() const GANTRY_REQUIRES(mutex_);
  const member* slowest() const GANTRY_REQUIRES(mutex_);
  void tell(const member& chosen);

  const std::size_t most_;
  const std::chrono::milliseconds patience_;
  std::atomic<std::size_t> taken_{0};
  mutex mutex_;
  std::vector<member> members_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::net
