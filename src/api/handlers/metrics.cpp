// What monitoring asks: whether the process lives, whether it can serve, and its metrics.
#include "api/exchange.hpp"
#include "api/readiness.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "telemetry/exposition.hpp"

namespace gantry::api {

answer handle(exchange&, health) {
  co_return make_json(200, R"({"status":"ok"})");
}

/// The system spreads connections over all threads, so a probe that connects anew meets each of
/// them.
answer handle(exchange&, live) {
  co_return make_json(200, R"({"status":"ok"})");
}

answer handle(exchange& ex, ready) {
  co_return make_response(look_at(ex.server));
}

answer handle(exchange& ex, metrics) {
  if (!ex.server.scrape)
    co_return make_error_response(fail(errc::route_unknown, "/metrics"));
  co_return make_text(200, telemetry::exposition_type, ex.server.scrape());
}

} // namespace gantry::api
