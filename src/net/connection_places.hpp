// The places for connections of all threads: how many are taken, and who has to give one up.
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

/// Any thread; outlives the threads of the lists.
class connection_places {
public:
  /// There are `most` places, and at least one. A body that is slower than the minimum rate can be
  /// spared after `patience`.
  connection_places(std::size_t most, std::chrono::milliseconds patience);

  /// False if all are taken.
  bool take() noexcept;
  void give_back() noexcept { --taken_; }

  /// Adds the connections of a thread; before any of them takes a place.
  void add(boost::asio::any_io_executor thread, std::shared_ptr<connection_list> connections);

  /// Has the connection cut that can best be spared: the one that has been idle longest, else the
  /// slowest body. That happens soon, on its thread, and gives its place back at once. False if
  /// none can be spared.
  ///
  /// Each thread tells since when its front connection waits, so the choice is right but for what
  /// happens in the moment until that thread acts.
  bool make_room();

private:
  struct member {
    boost::asio::any_io_executor thread;
    std::shared_ptr<connection_list> connections;
    /// It has been told to spare one, and has not done so yet.
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
