#include "net/peer_counts.hpp"

#include "net/transport.hpp"
#include "telemetry/log.hpp"

namespace gantry::net {

bool peer_counts::is_limited(std::string_view peer) const noexcept {
  return most_ != 0 && peer != unix_peer && !exempt_.contains(address_of_peer(peer));
}

bool peer_counts::take(std::string_view peer) {
  if (!is_limited(peer))
    return true;
  const auto network = client_network(address_of_peer(peer));
  const lock_guard lock{mutex_};
  auto& known = counts_[network];
  if (known.open < most_) {
    ++known.open;
    known.is_refused = false;
    return true;
  }
  if (!std::exchange(known.is_refused, true))
    telemetry::log().warn("{} has {} connections, as many as one address may", network, most_);
  return false;
}

void peer_counts::give_back(std::string_view peer) {
  if (!is_limited(peer))
    return;
  const lock_guard lock{mutex_};
  const auto known = counts_.find(client_network(address_of_peer(peer)));
  if (known != counts_.end() && --known->second.open == 0)
    counts_.erase(known);
}

} // namespace gantry::net
