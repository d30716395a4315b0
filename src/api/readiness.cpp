#include "api/readiness.hpp"

#include "api/responses.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace gantry::api {

readiness look_at(const context& server) {
  if (server.draining)
    return {.obstacle = "the server is stopping"};
  const auto& upkeep = server.services.engine.upkeep();
  if (!upkeep.health())
    return {.obstacle = "the data folder was removed or replaced: content that is written now "
                        "would be lost"};
  if (upkeep.room().is_full)
    return {.limitation = "the disk is full: only pulls and deletes work"};
  if (server.settings.take()->read_only)
    return {.limitation = "the server is read-only: pushes and deletes are refused"};
  return {};
}

http::response make_response(const readiness& found) {
  if (!found.is_ready())
    return make_error_response(fail(errc::unavailable, found.obstacle));
  boost::json::object body;
  body["status"] = found.limitation.empty() ? "ok" : "limited";
  if (!found.limitation.empty())
    body["reason"] = found.limitation;
  return make_json(200, boost::json::serialize(body));
}

} // namespace gantry::api
