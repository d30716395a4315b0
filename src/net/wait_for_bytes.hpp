// Waits for bytes of a budget without blocking a thread.
#pragma once

#include "base/byte_budget.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace gantry::net {

/// Waits in the queue of `share` for `bytes`, or for the whole share if it is smaller. Empty if the
/// wait is cancelled.
boost::asio::awaitable<std::optional<byte_claim>> wait_for_bytes(std::shared_ptr<byte_budget> share,
                                                                 std::uint64_t bytes);

} // namespace gantry::net
