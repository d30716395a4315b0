// The server itself: its description, its health, and the emulator's controls.
#include "api/authorisation.hpp"
#include "api/call.hpp"
#include "api/content_reset.hpp"
#include "api/exchange.hpp"
#include "api/origin_guard.hpp"
#include "api/proxies.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <utility>

namespace gantry::api {

namespace {

constexpr std::string_view documentation = "https://github.com/opencontainers/distribution-spec";

bool prefers_html(const http::request_head& head) {
  const auto accept = head.find(http::request_head::field::accept);
  return accept && accept->find("text/html") != std::string_view::npos;
}

response landing_page() {
  std::string page =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Gantry</title>"
    "<h1>Gantry</h1><p>A container registry. It speaks the OCI distribution "
    "protocol below <a href=\"/v2/\">/v2/</a>.</p></html>\n";
  return make_text(200, "text/html; charset=utf-8", std::move(page));
}

} // namespace

answer handle(exchange& ex, root) {
  if (prefers_html(ex.head))
    co_return landing_page();
  boost::json::object about;
  about["name"] = "docker-registry";
  about["version"] = GANTRY_VERSION;
  about["protocol"] = "docker-registry-v2";
  const auto& site = ex.settings->external_url;
  about["api_url"] =
    (site.empty() ? std::string{own_scheme(ex)} + "://" + ex.server.address : site) +
    ex.settings->prefix + "/v2";
  about["documentation"] = documentation.data();
  co_return make_json(200, boost::json::serialize(about));
}

answer handle(exchange&, base) {
  co_return make_json(200, "{}");
}

answer handle(exchange& ex, list_methods request) {
  auto reply = make_empty(204);
  reply.set("Allow", request.allow);
  const auto methods = cors_methods(request.allow, ex.head, *ex.settings);
  if (!methods.empty()) {
    reply.set("Access-Control-Allow-Methods", methods);
    reply.set("Access-Control-Allow-Headers",
              "Authorization, Accept, Content-Type, Content-Range, If-None-Match, "
              "MCP-Protocol-Version, Range");
    reply.set("Access-Control-Max-Age", "86400");
  }
  co_return reply;
}

answer handle(exchange& ex, reset request) {
  const auto done = co_await reset_content(ex, std::move(request));
  co_return done ? make_ok() : make_error_response(done.error());
}

answer handle(exchange& ex, emulator_repositories) {
  boost::json::array names;
  page_request asked{1000, {}};
  for (bool more = true; more;) {
    msg::list_repositories next{asked};
    auto found = co_await call(ex, ex.server.services.directory.get(), std::move(next));
    if (!found)
      co_return make_error_response(found.error());
    for (const auto& name : found->names.items)
      if (may_pull(ex, name))
        names.emplace_back(name.to_string());
    more = found->names.more;
    if (more)
      asked.last = found->names.items.back().to_string();
  }
  boost::json::object body;
  const auto count = names.size();
  body["repositories"] = std::move(names);
  body["count"] = count;
  co_return make_json(200, boost::json::serialize(body));
}

} // namespace gantry::api
