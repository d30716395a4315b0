// What one exchange holds of the bytes in flight: a manifest while it comes, an answer while it
// goes.
#pragma once

#include "http/exchange.hpp"
#include "http/handlers/handlers.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace gantry::http {

/// What a client hears whose turn did not come.
inline constexpr std::string_view no_bytes_in_time =
  "too many bytes are on their way; the limit is --max-in-flight";

/// Waits at most `in_flight_timeout` for its turn. Errors: overloaded.
boost::asio::awaitable<result<byte_claim>>
claim_bytes(exchange& ex, std::shared_ptr<byte_budget> share, std::uint64_t bytes);

/// Keeps of `claim`, which was taken from `share`, what the answer takes until it is sent.
void hold_answer(exchange& ex, response& reply, const byte_budget& share, byte_claim claim);

/// Answers the request by `dispatch`. A large answer that has no claim yet is held at the cost of
/// the bytes in flight; one that has to wait for those is forgotten meanwhile and made anew, so
/// that nothing is held without a claim.
answer answer_within_budget(exchange& ex);

} // namespace gantry::http
