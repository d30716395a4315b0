// Counts the connections of each address.
#pragma once

#include "base/mutex.hpp"
#include "net/networks.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace gantry::net {

/// Thread-safe.
class peer_counts {
public:
  /// `most` connections of one address, and of one network of 64 bits of IPv6; zero for no limit.
  /// `exempt` addresses have none: many clients come through a proxy. Clients of sockets in the
  /// file system have none either.
  peer_counts(std::size_t most, networks exempt) : most_{most}, exempt_{std::move(exempt)} {}

  /// Takes a place of `peer` (see `transport::peer`). False if it has none left; the first time in
  /// a row, this is logged.
  bool take(std::string_view peer);
  /// Returns what `take` took.
  void give_back(std::string_view peer);

private:
  struct count {
    std::size_t open = 0;
    bool is_refused = false;
  };

  bool is_limited(std::string_view peer) const noexcept;

  const std::size_t most_;
  const networks exempt_;
  mutex mutex_;
  std::unordered_map<std::string, count> counts_ GANTRY_GUARDED_BY(mutex_);
};

/// The place of one connection, which takes it once it is known who the peer is. The destructor
/// returns it.
class peer_claim {
public:
  explicit peer_claim(peer_counts& from) : from_{from} {}
  peer_claim(const peer_claim&) = delete;
  peer_claim& operator=(const peer_claim&) = delete;
  ~peer_claim() { give_back(); }

  /// See `peer_counts::take`. Precondition: not taken yet.
  bool take(std::string_view peer);
  void give_back();

private:
  peer_counts& from_;
  /// Empty unless one is taken.
  std::string peer_;
};

} // namespace gantry::net
