#include "net/peer_counts.hpp"

#include "net/transport.hpp"
#include "telemetry/log.hpp"

#include <cassert>

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

bool peer_claim::take(std::string_view peer) {
  assert(peer_.empty());
  if (!from_.take(peer))
    return false;
  peer_ = peer;
  return true;
}

void peer_claim::give_back() {
  if (!peer_.empty())
    from_.give_back(std::exchange(peer_, {}));
}

} // namespace gantry::net
