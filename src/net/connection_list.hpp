// The connections of one thread, ordered by which can be spared first.
#pragma once

#include "net/connection.hpp"

#include <boost/intrusive/list.hpp>

#include <atomic>
#include <chrono>

namespace gantry::net {

/// Not thread-safe, except for `idle_since` and `slow_since`. Connections report what they wait
/// for.
class connection_list {
public:
  using time_point = steady_clock::time_point;

  connection_list() = default;
  connection_list(const connection_list&) = delete;
  connection_list& operator=(const connection_list&) = delete;

  void add(connection& peer);
  void remove(connection& peer);
  /// Moves `peer` to its place after its phase has changed.
  void sort_in(connection& peer);

  bool empty() const noexcept { return working_.empty() && idle_.empty() && receiving_.empty(); }
  /// Calls `visit(peer)` for all. `visit` may remove that peer from the list, but must not make it
  /// idle again.
  template <class Visit>
  void for_each(Visit visit) {
    for (auto* each : {&working_, &idle_, &receiving_})
      for (auto next = each->begin(); next != each->end();)
        visit(*next++);
  }

  /// Since when the longest-idle connection has been idle; `time_point::max()` if none is.
  time_point idle_since() const noexcept { return time_point{time_point::duration{idle_since_}}; }
  /// Since when the slowest body has been below the minimum rate; `time_point::max()` if none is.
  time_point slow_since() const noexcept { return time_point{time_point::duration{slow_since_}}; }

  /// Cuts off the longest-idle connection; if none is idle, the slowest body, if it has been below
  /// the minimum rate for `patience` by `now`. Returns whether one was cut off.
  bool spare_one(time_point now, std::chrono::milliseconds patience);

private:
  using list = boost::intrusive::list<connection, boost::intrusive::constant_time_size<false>>;

  list& place_of(const connection& peer);
  /// Publishes the front of both lists to other threads.
  void publish();

  list working_;
  /// Both lists are ordered by `connection::since`.
  list idle_;
  list receiving_;
  std::atomic<time_point::rep> idle_since_{time_point::max().time_since_epoch().count()};
  std::atomic<time_point::rep> slow_since_{time_point::max().time_since_epoch().count()};
};

} // namespace gantry::net
