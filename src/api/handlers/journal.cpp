// The journal of requests: what clients have asked, for tests.
#include "api/exchange.hpp"
#include "api/journal_events.hpp"
#include "api/journal_query.hpp"
#include "api/journal_wait.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"

#include "http/target.hpp"
#include "journal/har.hpp"
#include "journal/render.hpp"

#include <memory>
#include <utility>

namespace gantry::api {

namespace {

/// The parameters are read here, not with the request line, so that a client that may not steer
/// learns nothing from them. Errors: route_unknown (nothing is recorded), request_invalid.
result<journal_query> read_query(const exchange& ex) {
  const auto& requests = ex.server.requests;
  if (!requests.is_on())
    return fail(errc::route_unknown, "requests are not recorded: start the server with --journal");
  const http::query_parameters query{http::split_target(ex.head.target()).query};
  return read_journal_query(query, requests.capacity());
}

response show(const exchange& ex, unsigned status, const journal_query& asked) {
  return make_json(status, journal::render(ex.server.requests.read(asked.which, asked.most)));
}

} // namespace

answer handle(exchange& ex, list_requests) {
  const auto asked = read_query(ex);
  if (!asked)
    co_return make_error_response(asked.error());
  co_return show(ex, 200, *asked);
}

answer handle(exchange& ex, clear_requests) {
  ex.server.requests.clear();
  co_return make_ok();
}

/// Answers 408 with the entries so far if the time is over.
answer handle(exchange& ex, await_requests) {
  const auto asked = read_query(ex);
  if (!asked)
    co_return make_error_response(asked.error());
  const auto end =
    co_await wait_for_requests(ex.server, ex.peer, asked->which, asked->count, asked->timeout);
  co_return show(ex, end == wait_end::reached ? 200 : 408, *asked);
}

answer handle(exchange& ex, export_requests) {
  const auto asked = read_query(ex);
  if (!asked)
    co_return make_error_response(asked.error());
  const auto found = ex.server.requests.read(asked->which, asked->most);
  co_return make_json(
    200, journal::render_har(found, {GANTRY_VERSION, ex.server.address, http::reason_phrase}));
}

/// Begins with the requests after Last-Event-ID or `since`, or with those to come.
answer handle(exchange& ex, follow_requests) {
  auto asked = read_query(ex);
  if (!asked)
    co_return make_error_response(asked.error());
  if (const auto last = ex.head.find("Last-Event-ID")) {
    const auto sequence = read_sequence("Last-Event-ID", *last);
    if (!sequence)
      co_return make_error_response(sequence.error());
    asked->which.since = *sequence;
  } else if (!asked->has_since) {
    asked->which.since = ex.server.requests.last();
  }
  response reply;
  reply.set("Content-Type", "text/event-stream");
  reply.set("Cache-Control", "no-cache");
  reply.body = std::make_unique<journal_events>(ex.server, ex.peer, std::move(asked->which));
  co_return reply;
}

} // namespace gantry::api
