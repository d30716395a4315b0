// The claim of one exchange on the bytes in flight: for a manifest while it arrives, for an answer
// while it is sent.
#pragma once

#include "api/exchange.hpp"
#include "api/responses.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace gantry::api {

/// The error detail for a request whose turn does not come in time.
inline constexpr std::string_view no_bytes_in_time =
  "too many bytes are in flight; the limit is --max-in-flight";

/// Waits for its turn, at most `in_flight_timeout`. Errors: overloaded.
boost::asio::awaitable<result<byte_claim>>
claim_bytes(exchange& ex, std::shared_ptr<byte_budget> share, std::uint64_t bytes);

/// Shrinks `claim`, which was taken from `share`, to the size of the answer, and holds it until the
/// answer is sent.
void hold_answer(exchange& ex, response& reply, const byte_budget& share, byte_claim claim);

/// The memory that an answer takes, and whether it is large enough to need a claim.
std::uint64_t size_in_memory(const response& reply);
bool needs_claim(const exchange& ex, const response& reply);

} // namespace gantry::api
