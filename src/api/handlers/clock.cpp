// The time that the registry sees, for tests of what expires.
#include "api/call.hpp"
#include "api/clock_json.hpp"
#include "api/exchange.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "api/short_body.hpp"

namespace gantry::api {

namespace {

error without_clock() {
  return fail(errc::memory_only, "the folder's times are real");
}

} // namespace

answer handle(exchange& ex, get_clock) {
  if (!ex.server.clock)
    co_return make_error_response(without_clock());
  co_return make_json(200, render(ex.server.clock->read()));
}

/// Answers when what has expired by then was told so: the next request does not find it any more.
answer handle(exchange& ex, set_clock) {
  if (!ex.server.clock)
    co_return make_error_response(without_clock());
  const auto text = co_await read_short_body(ex, max_clock_text);
  if (!text)
    co_return make_error_response(text.error());
  const auto wanted = read_clock_change(*text);
  if (!wanted)
    co_return make_error_response(wanted.error());
  const auto shown = ex.server.clock->adjust(*wanted);
  if (!shown)
    co_return make_error_response(
      fail(errc::request_invalid,
           std::string{wanted->now ? "now" : "advance"} + ": expected a time from 1970 to 2199"));
  auto told = co_await call(ex, ex.server.services.collector.get(), msg::catch_up{});
  if (!told)
    co_return make_error_response(told.error());
  co_return make_json(200, render(*shown));
}

} // namespace gantry::api
