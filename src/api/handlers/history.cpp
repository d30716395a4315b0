// What happened to a tag (distribution-spec, pull request 606).
#include "api/call.hpp"
#include "api/claims.hpp"
#include "api/exchange.hpp"
#include "api/link_header.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"

#include "base/timestamp.hpp"
#include "domain/history.hpp"
#include "domain/media_type.hpp"
#include "domain/paging.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <utility>

namespace gantry::api {

namespace {

/// More than the bytes of an entry and of its JSON.
constexpr std::uint64_t bytes_per_entry = 1024;

/// A tag that got another manifest was `created` again; one that was undone or copied, too.
std::string_view event_of(const history_entry& entry) {
  return entry.after ? "created" : "deleted";
}

boost::json::object entry_json(const history_entry& entry) {
  return {{"mediaType", entry.media_type},
          {"size", entry.size},
          {"digest", entry.target().to_string()},
          {"annotations",
           {{"org.opencontainers.distribution.tag.timestamp", render_timestamp(entry.at)},
            {"org.opencontainers.distribution.tag.event", event_of(entry)}}}};
}

std::string history_json(const page<history_entry>& listed) {
  boost::json::array entries;
  entries.reserve(listed.items.size());
  for (const auto& each : listed.items)
    entries.push_back(entry_json(each));
  return boost::json::serialize(boost::json::object{{"schemaVersion", 2},
                                                    {"mediaType", media_types::oci_index},
                                                    {"manifests", std::move(entries)}});
}

/// The next page has what is older than the last entry of this one.
std::string next_history_link(const exchange& ex, const tag_history& request,
                              const page<history_entry>& listed, std::size_t limit) {
  const auto& others = request.page.others;
  return '<' +
         link_to(ex, {"/v2/", request.repository.to_string(), "/_oci/tag-history/",
                      percent_encode(request.name.to_string())}) +
         "?before=" + percent_encode(render_timestamp(listed.items.back().at)) +
         "&n=" + std::to_string(limit) + (others.empty() ? "" : "&") + others + ">; rel=\"next\"";
}

} // namespace

answer handle(exchange& ex, tag_history request) {
  const auto asked = parse_page(request.page.n, std::nullopt, ex.settings->pages);
  if (!asked)
    co_return make_error_response(asked.error());
  const auto price = bytes_per_entry * (asked->limit + 1);
  auto claim = co_await claim_bytes(ex, ex.server.bytes.texts(price), price);
  if (!claim)
    co_return make_error_response(claim.error());
  msg::list_history list{{.name = request.name,
                          .target = request.target,
                          .before = request.before,
                          .since = request.since,
                          .limit = asked->limit}};
  auto found = co_await call_repository(ex, request.repository, std::move(list));
  // An unknown repository has no history.
  if (!found && found.error().code != errc::name_unknown)
    co_return make_error_response(found.error());
  const auto listed = found ? std::move(found->entries) : page<history_entry>{};
  auto reply = make_text(200, media_types::oci_index, history_json(listed));
  if (listed.more && !listed.items.empty())
    reply.set("Link", next_history_link(ex, request, listed, asked->limit));
  hold_answer(ex, reply, *ex.server.bytes.texts(price), std::move(*claim));
  co_return reply;
}

} // namespace gantry::api
