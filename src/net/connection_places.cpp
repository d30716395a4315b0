#include "net/connection_places.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace gantry::net {

connection_places::connection_places(std::size_t most, std::chrono::milliseconds patience)
  : most_{std::max<std::size_t>(1, most)}, patience_{patience} {}

bool connection_places::take() noexcept {
  if (taken_.fetch_add(1) < most_)
    return true;
  --taken_;
  return false;
}

void connection_places::add(boost::asio::any_io_executor thread,
                            std::shared_ptr<connection_list> connections) {
  const lock_guard lock{mutex_};
  members_.push_back(
    {std::move(thread), std::move(connections), std::make_shared<std::atomic<bool>>(false)});
}

bool connection_places::make_room() {
  const lock_guard lock{mutex_};
  const auto* chosen = longest_idle();
  if (!chosen)
    chosen = slowest();
  if (chosen)
    tell(*chosen);
  return chosen;
}

const connection_places::member* connection_places::longest_idle() const {
  const member* best = nullptr;
  auto since = connection_list::time_point::max();
  for (const auto& each : members_)
    if (const auto idle = each.connections->idle_since(); idle < since) {
      since = idle;
      best = &each;
    }
  return best;
}

const connection_places::member* connection_places::slowest() const {
  const member* best = nullptr;
  auto since = steady_clock::now() - patience_;
  for (const auto& each : members_)
    if (const auto slow = each.connections->slow_since(); slow <= since) {
      since = slow;
      best = &each;
    }
  return best;
}

void connection_places::tell(const member& chosen) {
  if (chosen.told->exchange(true))
    return;
  boost::asio::post(chosen.thread, [this, connections = chosen.connections, told = chosen.told] {
    told->store(false);
    if (connections->spare_one(steady_clock::now(), patience_))
      give_back();
  });
}

} // namespace gantry::net
