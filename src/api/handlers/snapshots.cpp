// Snapshots of all content, and the return to them.
#include "api/call.hpp"
#include "api/exchange.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "base/timestamp.hpp"
#include "listing/index.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace gantry::api {

namespace {

boost::json::object to_json(const snapshot& taken) {
  boost::json::object text;
  text["id"] = taken.id;
  text["taken"] = render_timestamp(taken.taken);
  text["repositories"] = taken.repositories;
  text["manifests"] = taken.manifests;
  text["blobs"] = taken.blobs;
  text["bytes"] = taken.bytes;
  return text;
}

} // namespace

answer handle(exchange& ex, take_snapshot) {
  auto reply = co_await call(ex, ex.server.services.directory.get(), msg::take_snapshot{});
  if (!reply)
    co_return make_error_response(reply.error());
  co_return make_json(201, boost::json::serialize(to_json(reply->taken)));
}

answer handle(exchange& ex, list_snapshots) {
  auto found = co_await call(ex, ex.server.services.directory.get(), msg::list_snapshots{});
  if (!found)
    co_return make_error_response(found.error());
  boost::json::array list;
  for (const auto& each : found->snapshots)
    list.push_back(to_json(each));
  co_return make_json(200, boost::json::serialize(boost::json::object{{"snapshots", list}}));
}

/// A restore deletes the present content, so it needs what a reset needs. Pulls were of that
/// content.
answer handle(exchange& ex, restore_snapshot request) {
  if (!ex.settings->allow_reset && ex.server.services.engine.snapshots())
    co_return make_error_response(fail(errc::reset_disabled));
  msg::restore_snapshot restore{request.number};
  auto done = co_await call(ex, ex.server.services.directory.get(), std::move(restore));
  if (!done)
    co_return make_error_response(done.error());
  ex.server.listing->forget({});
  co_return make_ok();
}

answer handle(exchange& ex, remove_snapshot request) {
  msg::remove_snapshot remove{request.number};
  auto done = co_await call(ex, ex.server.services.directory.get(), std::move(remove));
  if (!done)
    co_return make_error_response(done.error());
  co_return make_ok();
}

} // namespace gantry::api
