#include "http/held_bytes.hpp"

#include "http/error_table.hpp"
#include "http/router.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace asio = boost::asio;

namespace gantry::http {

namespace {

/// Answers up to here are part of what a connection takes anyway.
constexpr std::uint64_t uncounted = 8 * 1024;

std::uint64_t size_in_memory(const response& reply) {
  if (const auto* text = std::get_if<std::string>(&reply.body))
    return text->size();
  if (const auto* shared = std::get_if<shared_bytes>(&reply.body))
    return shared->bytes.size();
  const auto* slices = std::get_if<blob_slices>(&reply.body);
  if (!slices)
    return 0;
  return slices->source->inline_bytes().size() + slices->ranges.size() * sizeof(byte_range);
}

} // namespace

asio::awaitable<result<byte_claim>> claim_bytes(exchange& ex, std::shared_ptr<byte_budget> share,
                                                std::uint64_t bytes) {
  byte_claim claim{share};
  if (claim.try_grow(std::min(bytes, share->limit())))
    co_return claim;
  ex.peer.expect_within(ex.server.settings.in_flight_timeout);
  auto granted = co_await wait_for_bytes(std::move(share), bytes);
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
  ex.peer.hold(share, ex.server.settings.in_flight_patience);
}

answer answer_within_budget(exchange& ex) {
  auto reply = co_await dispatch(ex);
  const auto bytes = size_in_memory(reply);
  if (bytes <= uncounted || reply.held.bytes() > 0 || ex.head.is_head())
    co_return reply;
  const auto& share = ex.server.bytes.texts(bytes);
  byte_claim claim{share};
  if (claim.try_grow(std::min(bytes, share->limit()))) {
    hold_answer(ex, reply, *share, std::move(claim));
    co_return reply;
  }
  if (ex.head.method() != "GET")
    co_return reply; // has happened, and says little
  reply = {};
  auto granted = co_await claim_bytes(ex, share, bytes);
  if (!granted)
    co_return make_error_response(granted.error());
  auto again = co_await dispatch(ex);
  if (size_in_memory(again) > 2 * bytes)
    co_return make_error_response(fail(errc::overloaded, no_bytes_in_time));
  hold_answer(ex, again, *share, std::move(*granted));
  co_return again;
}

} // namespace gantry::http
