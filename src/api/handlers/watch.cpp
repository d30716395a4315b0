// Changes as they happen.
#include "api/engine_answer.hpp"
#include "api/error_table.hpp"
#include "api/exchange.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "api/watch_events.hpp"
#include "api/watch_feed.hpp"

#include "base/text.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::api {

namespace {

/// The last number that the client knows; absent to begin with what comes. Errors: request_invalid.
result<std::optional<std::uint64_t>> known_position(const exchange& ex,
                                                    const watch_changes& request) {
  const auto field = ex.head.find("Last-Event-ID");
  if (!field && !request.after)
    return std::optional<std::uint64_t>{};
  const std::string_view text = field ? *field : std::string_view{*request.after};
  const auto number = ex.server.watches->ids().parse(text);
  if (!number)
    return fail(
      errc::request_invalid,
      concat(concat(field ? "Last-Event-ID: '" : "after: '", excerpt(text)),
             "' is not the id of an event: write one, or leave it out to watch from now"));
  return number;
}

/// Asks the log for the number of this moment, or whether it has given that of the client: if not,
/// it tells nothing of what the client knows.
boost::asio::awaitable<result<change_page>> find_begin(exchange& ex,
                                                       std::optional<std::uint64_t> known) {
  auto start = [&log = ex.server.watches->log(), known](completion<change_page> done) {
    log.list_changes({known.value_or(after_all_changes), 0}, std::move(done));
  };
  co_return co_await engine_answer<change_page>(std::move(start));
}

} // namespace

answer handle(exchange& ex, watch_changes request) {
  const auto known = known_position(ex, request);
  if (!known)
    co_return make_error_response(known.error());
  auto& feed = *ex.server.watches;
  auto place = feed.enter();
  if (!place)
    co_return make_error_response(
      fail(errc::unavailable, "too many clients watch: at most half of --max-connections may"));
  const auto begin = co_await find_begin(ex, *known);
  if (!begin)
    co_return make_error_response(begin.error());
  response reply;
  reply.set("Content-Type", "text/event-stream");
  reply.set("Cache-Control", "no-cache");
  reply.set("X-Accel-Buffering", "no"); // nginx would keep events back
  reply.close = true;
  reply.ends_with_connection = true;
  watch_request asked{.who = ex.identity,
                      .which = {std::move(request.repository), std::move(request.tag)},
                      .position = begin->next,
                      .begins_with_reset = known->has_value() && begin->has_gap};
  reply.body =
    std::make_unique<watch_events>(ex.server, ex.peer, std::move(*place), std::move(asked));
  co_return reply;
}

} // namespace gantry::api
