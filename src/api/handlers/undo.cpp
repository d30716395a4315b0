// What takes back what happened in a repository, and what was deleted and is kept for that.
#include "api/call.hpp"
#include "api/claims.hpp"
#include "api/exchange.hpp"
#include "api/history_json.hpp"
#include "api/link_header.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "api/short_body.hpp"

#include "base/timestamp.hpp"
#include "domain/paging.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <utility>

namespace gantry::api {

namespace {

/// More than the bytes of a deleted manifest's description, and of its JSON.
constexpr std::uint64_t bytes_per_removed = 1536;

} // namespace

answer handle(exchange& ex, undo_changes request) {
  const auto text = co_await read_short_body(ex, max_undo_text);
  if (!text)
    co_return make_error_response(text.error());
  auto what = read_undo(*text);
  if (!what)
    co_return make_error_response(what.error());
  msg::undo undo{std::move(*what), changer_of(ex)};
  auto undone = co_await call_repository(ex, request.repository, std::move(undo));
  if (!undone)
    co_return make_error_response(undone.error());
  co_return make_json(200, render(request.repository, undone->entries, detail_for(ex)));
}

answer handle(exchange& ex, list_removed request) {
  const auto asked = parse_page(request.page.n, request.page.last, ex.settings->pages);
  if (!asked)
    co_return make_error_response(asked.error());
  const auto price = bytes_per_removed * (asked->limit + 1);
  auto claim = co_await claim_bytes(ex, ex.server.bytes.texts(price), price);
  if (!claim)
    co_return make_error_response(claim.error());
  msg::list_removed list{*asked};
  auto found = co_await call_repository(ex, request.repository, std::move(list));
  // An unknown repository has none.
  if (!found && found.error().code != errc::name_unknown)
    co_return make_error_response(found.error());
  const auto listed = found ? std::move(found->manifests) : page<removed_manifest>{};
  boost::json::array manifests;
  for (const auto& each : listed.items)
    manifests.push_back({{"digest", each.id.to_string()},
                         {"mediaType", each.media_type},
                         {"size", each.size},
                         {"removed", render_timestamp(each.removed)}});
  auto reply = make_json(
    200, boost::json::serialize(boost::json::object{{"repository", request.repository.to_string()},
                                                    {"manifests", std::move(manifests)}}));
  if (listed.more && !listed.items.empty())
    reply.set("Link", next_page_link(link_to(ex, {"/__gantry/v1/repositories/",
                                                  request.repository.to_string(), "/removed"}),
                                     listed.items.back().id.to_string(), asked->limit,
                                     request.page.others));
  hold_answer(ex, reply, *ex.server.bytes.texts(price), std::move(*claim));
  co_return reply;
}

} // namespace gantry::api
