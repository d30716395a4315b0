// What `gantry status` shows: a summary for an operator who asks why.
#include "api/exchange.hpp"
#include "api/readiness.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "base/timestamp.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <optional>
#include <string>

namespace gantry::api {

namespace json = boost::json;

namespace {

json::value or_null(const std::optional<std::uint64_t>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::object describe(const storage_room& room) {
  return {{"used", room.used},
          {"limit", or_null(room.limit)},
          {"free", or_null(room.free)},
          {"full", room.is_full}};
}

json::object describe(const byte_budget& share) {
  return {{"used", share.used()}, {"limit", share.limit()}, {"waiting", share.waiting()}};
}

json::object describe(const in_flight& bytes) {
  return {{"uploads", describe(*bytes.buffers())},
          {"small_texts", describe(*bytes.texts(0))},
          {"large_texts", describe(*bytes.texts(in_flight::small_text + 1))},
          {"parsing", describe(*bytes.parsing())}};
}

json::object describe_uploads(const registry_services& services) {
  return {{"open", services.open_uploads()},
          {"awake", services.awake_uploads.load()},
          {"limit", services.options.max_uploads}};
}

json::object describe_collections(const collection_totals& totals) {
  json::object text{{"runs", totals.runs.load()},
                    {"errors", totals.errors.load()},
                    {"bytes", totals.bytes.load()},
                    {"leased_blobs", totals.leased_blobs.load()},
                    {"leased_links", totals.leased_links.load()},
                    {"ended", nullptr}};
  if (const auto ended = totals.ended.load(); ended > 0)
    text["ended"] = render_timestamp(time_point{std::chrono::milliseconds{ended}});
  return text;
}

} // namespace

answer handle(exchange& ex, server_status) {
  const auto found = look_at(ex.server);
  const auto& services = ex.server.services;
  json::object text;
  text["version"] = GANTRY_VERSION;
  text["ready"] = found.is_ready();
  text["reason"] = found.is_ready() ? found.limitation : found.obstacle;
  text["storage"] = describe(services.engine.upkeep().room());
  text["in_flight"] = describe(ex.server.bytes);
  text["uploads"] = describe_uploads(services);
  text["repositories_awake"] = services.repositories.size();
  text["collection"] = describe_collections(services.collected);
  co_return make_json(200, json::serialize(text));
}

} // namespace gantry::api
