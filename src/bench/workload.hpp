// The work of a load's clients.
#pragma once

#include "bench/registry_client.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>

namespace gantry::bench {

/// One unit of work per number: a push of an image, a pull, … Called concurrently by all client
/// threads.
class workload {
public:
  virtual ~workload() = default;
  /// True if everything went well.
  virtual boost::asio::awaitable<bool> perform(registry_client& registry,
                                               std::uint64_t number) const = 0;
};

} // namespace gantry::bench
