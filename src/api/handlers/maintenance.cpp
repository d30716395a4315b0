// What an operator asks of a running registry: garbage collection, and to refuse changes.
#include "api/call.hpp"
#include "api/exchange.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace gantry::api {

namespace {

boost::json::object to_json(const gc_report& report) {
  boost::json::object text;
  text["manifests"] = report.manifests;
  text["links"] = report.links;
  text["condemned"] = report.condemned;
  text["blobs"] = report.blobs;
  text["uploads"] = report.uploads;
  text["orphans"] = report.orphans;
  text["history"] = report.history;
  text["forgotten"] = report.forgotten;
  text["kept"] = report.kept;
  text["kept_bytes"] = report.kept_bytes;
  text["bytes"] = report.bytes;
  text["waits_for_leases"] = report.waits_for_leases;
  return text;
}

answer show_status(exchange& ex, unsigned code) {
  auto status = co_await call(ex, ex.server.services.collector.get(), msg::get_gc_status{});
  if (!status)
    co_return make_error_response(status.error());
  boost::json::object text;
  text["running"] = status->running;
  if (status->running) {
    text["done"] = status->done;
    text["total"] = status->total;
  }
  text["last"] = nullptr;
  if (status->last)
    text["last"] = to_json(*status->last);
  co_return make_json(code, boost::json::serialize(text));
}

} // namespace

namespace {

answer show_mode(const exchange& ex) {
  const boost::json::object text{{"read_only", ex.server.settings.take()->read_only}};
  co_return make_json(200, boost::json::serialize(text));
}

} // namespace

answer handle(exchange& ex, set_mode request) {
  ex.server.protect(request.read_only);
  return show_mode(ex);
}

answer handle(exchange& ex, get_mode) {
  return show_mode(ex);
}

/// Answers 200 with the report, or 202 with the progress if the collection takes longer than a
/// request may; then it continues.
answer handle(exchange& ex, collect_garbage request) {
  msg::collect_garbage collect{request.dry_run};
  auto collected = co_await call(ex, ex.server.services.collector.get(), std::move(collect));
  if (collected)
    co_return make_json(200, boost::json::serialize(to_json(collected->report)));
  if (collected.error().code != errc::timed_out)
    co_return make_error_response(collected.error());
  co_return co_await show_status(ex, 202);
}

answer handle(exchange& ex, gc_status) {
  co_return co_await show_status(ex, 200);
}

} // namespace gantry::api
