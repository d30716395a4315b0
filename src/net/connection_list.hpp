// The connections of one thread, in the order in which they can be spared.
#pragma once

#include "net/connection.hpp"

#include <boost/intrusive/list.hpp>

#include <atomic>
#include <chrono>

namespace gantry::net {

/// Everything but `idle_since` and `slow_since` runs on the one thread. Connections tell it
/// themselves what they wait for.
class connection_list {
public:
  using time_point = steady_clock::time_point;

  connection_list() = default;
  connection_list(const connection_list&) = delete;
  connection_list& operator=(const connection_list&) = delete;

  void add(connection& peer);
  void remove(connection& peer);
  /// `peer` waits for something else now.
  void sort_in(connection& peer);

  bool empty() const noexcept { return working_.empty() && idle_.empty() && receiving_.empty(); }
  /// Calls `visit(peer)` for all; it may make that peer leave the list, but not become idle anew.
  template <class Visit>
  void for_each(Visit visit) {
    for (auto* each : {&working_, &idle_, &receiving_})
      for (auto next = each->begin(); next != each->end();)
        visit(*next++);
  }

  /// Since when the connection that has been idle longest is idle; `time_point::max()` for none.
  time_point idle_since() const noexcept { return time_point{time_point::duration{idle_since_}}; }
  /// The same for the body that has been slower than the minimum rate for longest.
  time_point slow_since() const noexcept { return time_point{time_point::duration{slow_since_}}; }

  /// Cuts the connection that has been idle longest; if none is, the slowest body, if it has been
  /// slower than the minimum rate for `patience` by `now`. Whether there was one.
  bool spare_one(time_point now, std::chrono::milliseconds patience);

private:
  using list = boost::intrusive::list<connection, boost::intrusive::constant_time_size<false>>;

  list& place_of(const connection& peer);
  /// Tells other threads what is in front.
  void publish();

  list working_;
  /// In the order of `connection::since`, and so is the next.
  list idle_;
  list receiving_;
  std::atomic<time_point::rep> idle_since_{time_point::max().time_since_epoch().count()};
  std::atomic<time_point::rep> slow_since_{time_point::max().time_since_epoch().count()};
};

} // namespace gantry::net
