// What happened in a repository, what takes it back, and what was deleted and is kept for that.
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

#include <charconv>
#include <string>
#include <utility>

namespace gantry::api {

namespace {

/// More than the bytes of an entry, or of a deleted manifest, and of its JSON.
constexpr std::uint64_t bytes_per_change = 1536;

/// A token's id and an address are for administrators.
changer_detail detail_for(const exchange& ex) {
  return !ex.rights || ex.rights->may(policy::action::admin) ? changer_detail::all
                                                             : changer_detail::user;
}

boost::json::array entries_json(const exchange& ex, const std::vector<history_entry>& entries) {
  boost::json::array array;
  array.reserve(entries.size());
  for (const auto& each : entries)
    array.push_back(to_json(each, detail_for(ex)));
  return array;
}

/// The number of an entry; absent if there is none. Errors: pagination_invalid.
result<std::optional<std::uint64_t>> read_number(const std::optional<std::string>& text) {
  if (!text || text->empty())
    return std::optional<std::uint64_t>{};
  std::uint64_t number = 0;
  const auto* end = text->data() + text->size();
  if (const auto [stop, failed] = std::from_chars(text->data(), end, number);
      failed != std::errc{} || stop != end)
    return fail(errc::pagination_invalid, "last: '" + *text + "' is not the number of an entry");
  return std::optional{number};
}

/// A repository that is unknown has nothing.
bool is_failure(const error& failure) {
  return failure.code != errc::name_unknown;
}

std::string path_in(const repository_name& repository, std::string_view what) {
  return "/__gantry/v1/repositories/" + repository.to_string() + std::string{what};
}

} // namespace

answer handle(exchange& ex, repository_history request) {
  const auto asked = parse_page(request.page.n, std::nullopt, ex.settings->pages);
  const auto last = read_number(request.page.last);
  if (!asked || !last)
    co_return make_error_response(asked ? last.error() : asked.error());
  const auto price = bytes_per_change * (asked->limit + 1);
  auto claim = co_await claim_bytes(ex, ex.server.bytes.texts(price), price);
  if (!claim)
    co_return make_error_response(claim.error());
  msg::list_history list{{.name = request.of_tag,
                          .target = request.target,
                          .before = request.before,
                          .since = request.since,
                          .below = *last,
                          .limit = asked->limit}};
  auto found = co_await call_repository(ex, request.repository, std::move(list));
  if (!found && is_failure(found.error()))
    co_return make_error_response(found.error());
  const auto listed = found ? std::move(found->entries) : page<history_entry>{};
  auto reply = make_json(
    200, boost::json::serialize(boost::json::object{{"repository", request.repository.to_string()},
                                                    {"entries", entries_json(ex, listed.items)}}));
  if (listed.more && !listed.items.empty())
    reply.set("Link", next_page_link(link_to(ex, {path_in(request.repository, "/history")}),
                                     std::to_string(listed.items.back().sequence), asked->limit,
                                     request.page.others));
  hold_answer(ex, reply, *ex.server.bytes.texts(price), std::move(*claim));
  co_return reply;
}

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
  co_return make_json(200, boost::json::serialize(
                             boost::json::object{{"repository", request.repository.to_string()},
                                                 {"entries", entries_json(ex, undone->entries)}}));
}

answer handle(exchange& ex, list_removed request) {
  const auto asked = parse_page(request.page.n, request.page.last, ex.settings->pages);
  if (!asked)
    co_return make_error_response(asked.error());
  const auto price = bytes_per_change * (asked->limit + 1);
  auto claim = co_await claim_bytes(ex, ex.server.bytes.texts(price), price);
  if (!claim)
    co_return make_error_response(claim.error());
  msg::list_removed list{*asked};
  auto found = co_await call_repository(ex, request.repository, std::move(list));
  if (!found && is_failure(found.error()))
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
    reply.set("Link", next_page_link(link_to(ex, {path_in(request.repository, "/removed")}),
                                     listed.items.back().id.to_string(), asked->limit,
                                     request.page.others));
  hold_answer(ex, reply, *ex.server.bytes.texts(price), std::move(*claim));
  co_return reply;
}

} // namespace gantry::api
