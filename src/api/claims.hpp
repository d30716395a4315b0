// What one exchange holds of the bytes in flight: a manifest while it comes, an answer while it
// goes.
#pragma once

#include "api/exchange.hpp"
#include "api/responses.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace gantry::api {

/// The detail of the error if the turn of a request does not come.
inline constexpr std::string_view no_bytes_in_time =
  "too many bytes are on their way; the limit is --max-in-flight";

/// Waits at most `in_flight_timeout` for its turn. Errors: overloaded.
boost::asio::awaitable<result<byte_claim>>
claim_bytes(exchange& ex, std::shared_ptr<byte_budget> share, std::uint64_t bytes);

/// Keeps of `claim`, which was taken from `share`, what the answer takes until it is sent.
void hold_answer(exchange& ex, response& reply, const byte_budget& share, byte_claim claim);

/// What an answer takes of memory, and whether that is so much that it needs a claim.
std::uint64_t size_in_memory(const response& reply);
bool needs_claim(const exchange& ex, const response& reply);

} // namespace gantry::api
