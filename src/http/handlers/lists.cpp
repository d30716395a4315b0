// The lists: catalog, tags and referrers, page by page.
#include "http/call.hpp"
#include "http/handlers/handlers.hpp"
#include "http/link_header.hpp"

#include "domain/paging.hpp"
#include "domain/referrers.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace gantry::http {

namespace {

result<page_request> parse_page(const exchange& ex, const page_query& query) {
  return gantry::parse_page(query.n, query.last, ex.server.settings.pages);
}

template <class T>
boost::json::array to_json(const std::vector<T>& names) {
  boost::json::array array;
  array.reserve(names.size());
  for (const auto& name : names)
    array.emplace_back(name.to_string());
  return array;
}

/// Adds the Link to the next page where there is one.
template <class T>
void link_next(const exchange& ex, response& reply, const page<T>& shown, const page_request& asked,
               const page_query& query, std::string_view path) {
  if (shown.more && !shown.items.empty())
    reply.set("Link", next_page_link(link_to(ex, path), shown.items.back().to_string(), asked.limit,
                                     query.others));
}

} // namespace

answer handle(exchange& ex, api::list_repositories request) {
  auto asked = parse_page(ex, request.page);
  if (!asked)
    co_return make_error_response(asked.error());
  msg::list_repositories list{*asked};
  auto found = co_await call(ex, ex.server.registry.directory.get(), std::move(list));
  if (!found)
    co_return make_error_response(found.error());
  boost::json::object body;
  body["repositories"] = to_json(found->names.items);
  auto reply = make_json(200, boost::json::serialize(body));
  link_next(ex, reply, found->names, *asked, request.page, "/v2/_catalog");
  co_return reply;
}

answer handle(exchange& ex, api::list_tags request) {
  auto asked = parse_page(ex, request.page);
  if (!asked)
    co_return make_error_response(asked.error());
  msg::list_tags list{*asked};
  auto found = co_await call_repository(ex, request.repository, std::move(list));
  if (!found)
    co_return make_error_response(found.error());
  boost::json::object body;
  body["name"] = request.repository.to_string();
  body["tags"] = to_json(found->tags.items);
  auto reply = make_json(200, boost::json::serialize(body));
  link_next(ex, reply, found->tags, *asked, request.page,
            "/v2/" + request.repository.to_string() + "/tags/list");
  co_return reply;
}

answer handle(exchange& ex, api::list_referrers request) {
  if (!ex.server.settings.referrers)
    co_return make_error_response(fail(errc::route_unknown, "referrers are disabled"));
  msg::list_referrers list{request.subject, {request.artifact_types, request.last}};
  auto found = co_await call_repository(ex, request.repository, std::move(list));
  if (!found && found.error().code != errc::name_unknown)
    co_return make_error_response(found.error());
  // A repository or subject that is not here has no referrers.
  const auto page = found ? std::move(found->page) : referrers_page{};
  auto reply = make_text(200, media_types::oci_index, render_referrers(page));
  if (!request.artifact_types.empty())
    reply.set("OCI-Filters-Applied", "artifactType");
  if (page.more)
    reply.set("Link",
              next_referrers_link(link_to(ex, "/v2/" + request.repository.to_string() +
                                                "/referrers/" + request.subject.to_string()),
                                  page.items.back().id, request.artifact_types));
  co_return reply;
}

} // namespace gantry::http
