#include "api/claims.hpp"

#include "net/wait_for_bytes.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace asio = boost::asio;

namespace gantry::api {

namespace {

/// Bytes: answers up to this size count as part of the connection's own memory.
constexpr std::uint64_t uncounted = 8 * 1024;

} // namespace

std::uint64_t size_in_memory(const response& reply) {
  if (const auto* text = std::get_if<std::string>(&reply.body))
    return text->size();
  if (const auto* shared = std::get_if<http::shared_bytes>(&reply.body))
    return shared->bytes.size();
  const auto* ranges = std::get_if<http::content_ranges>(&reply.body);
  if (!ranges)
    return 0;
  const auto& source = ranges->source;
  const auto of_source = source.is_mapped() ? 0 : source.bytes.size();
  const auto of_reader = source.reader ? http::content_reader::piece : 0;
  return of_source + of_reader + ranges->ranges.size() * sizeof(byte_range);
}

asio::awaitable<result<byte_claim>> claim_bytes(exchange& ex, std::shared_ptr<byte_budget> share,
                                                std::uint64_t bytes) {
  byte_claim claim{share};
  if (claim.try_grow(std::min(bytes, share->limit())))
    co_return claim;
  ex.peer.expect_within(ex.settings->in_flight_timeout);
  auto granted = co_await net::wait_for_bytes(std::move(share), bytes);
  if (granted)
    co_return std::move(*granted);
  if (ex.peer.timed_out() && !ex.peer.is_aborted()) {
    ex.peer.forgive_timeout();
    co_await asio::this_coro::reset_cancellation_state();
  }
  co_return fail(errc::overloaded, no_bytes_in_time);
}

void hold_answer(exchange& ex, response& reply, const byte_budget& share, byte_claim claim) {
  claim.shrink(claim.bytes() - std::min(claim.bytes(), size_in_memory(reply)));
  reply.held = std::move(claim);
  ex.peer.hold(share, ex.settings->in_flight_patience);
}

bool needs_claim(const exchange& ex, const response& reply) {
  return reply.held.bytes() == 0 && !ex.head.is_head() && size_in_memory(reply) > uncounted;
}

} // namespace gantry::api
