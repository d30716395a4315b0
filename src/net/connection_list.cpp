#include "net/connection_list.hpp"

#include <iterator>

namespace gantry::net {

namespace {

/// How many idle connections are examined to find one without a new request.
constexpr int looks = 16;

} // namespace

void connection_list::add(connection& peer) {
  peer.list_ = this;
  working_.push_back(peer);
  sort_in(peer);
}

void connection_list::remove(connection& peer) {
  peer.list_ = nullptr;
  peer.unlink();
  publish();
}

connection_list::list& connection_list::place_of(const connection& peer) {
  switch (peer.phase()) {
  case connection_phase::working: break;
  case connection_phase::idle: return idle_;
  case connection_phase::receiving: return receiving_;
  }
  return working_;
}

/// Usually the peer has just begun to wait, so it belongs near the end.
void connection_list::sort_in(connection& peer) {
  peer.unlink();
  auto& sorted = place_of(peer);
  auto before = sorted.end();
  if (&sorted != &working_)
    while (before != sorted.begin() && std::prev(before)->since() > peer.since())
      --before;
  sorted.insert(before, peer);
  publish();
}

void connection_list::publish() {
  const auto front = [](const list& sorted) {
    const auto since = sorted.empty() ? time_point::max() : sorted.front().since();
    return since.time_since_epoch().count();
  };
  idle_since_.store(front(idle_), std::memory_order_relaxed);
  slow_since_.store(front(receiving_), std::memory_order_relaxed);
}

bool connection_list::spare_one(time_point now, std::chrono::milliseconds patience) {
  for (int look = 0; look < looks && !idle_.empty(); ++look) {
    auto& longest = idle_.front();
    if (!longest.has_bytes()) {
      longest.give_up();
      return true;
    }
    longest.expect_request(longest.deadline()); // its next request has arrived
  }
  if (receiving_.empty() || now - receiving_.front().since() < patience)
    return false;
  receiving_.front().give_up();
  return true;
}

} // namespace gantry::net
