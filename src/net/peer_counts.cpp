#include "net/peer_counts.hpp"

#include "net/transport.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>

namespace gantry::net {

namespace {

std::string_view host_of(std::string_view peer) noexcept {
  return peer.substr(0, peer.rfind(':'));
}

/// What shares a limit: of IPv6 one client has a whole network of 64 bits.
std::string network_of(std::string_view peer) {
  const auto host = host_of(peer);
  if (!host.starts_with('['))
    return std::string{host};
  boost::system::error_code invalid;
  auto bytes =
    boost::asio::ip::make_address_v6(host.substr(1, host.size() - 2), invalid).to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return boost::asio::ip::address_v6{bytes}.to_string() + "/64";
}

} // namespace

bool peer_counts::is_limited(std::string_view peer) const noexcept {
  return most_ != 0 && peer != unix_peer && !exempt_.contains(host_of(peer));
}

bool peer_counts::take(std::string_view peer) {
  if (!is_limited(peer))
    return true;
  auto network = network_of(peer);
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
  const auto known = counts_.find(network_of(peer));
  if (known != counts_.end() && --known->second.open == 0)
    counts_.erase(known);
}

} // namespace gantry::net
