// What happened to a tag (distribution-spec, pull request 606), and in a whole repository.
#include "api/call.hpp"
#include "api/claims.hpp"
#include "api/exchange.hpp"
#include "api/history_json.hpp"
#include "api/link_header.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"

#include "base/text.hpp"
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
constexpr std::uint64_t bytes_per_entry = 1536;

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

/// The number of an entry; absent if there is none. Errors: pagination_invalid.
result<std::optional<std::uint64_t>> read_entry_number(const std::optional<std::string>& text) {
  if (!text || text->empty())
    return std::optional<std::uint64_t>{};
  const auto number = whole_number(*text);
  if (!number)
    return fail(errc::pagination_invalid, "last: '" + *text + "' is not the number of an entry");
  return number;
}

/// A page, and the bytes of the response that are in flight until it is sent.
struct history_answer {
  page<history_entry> listed;
  byte_claim claim;
};

/// An unknown repository has no history.
boost::asio::awaitable<result<history_answer>>
find_history(exchange& ex, const repository_name& repository, history_query query) {
  const auto price = bytes_per_entry * (query.limit + 1);
  auto claim = co_await claim_bytes(ex, ex.server.bytes.texts(price), price);
  if (!claim)
    co_return std::move(claim).error();
  msg::list_history list{std::move(query)};
  auto found = co_await call_repository(ex, repository, std::move(list));
  if (!found && found.error().code != errc::name_unknown)
    co_return std::move(found).error();
  co_return history_answer{found ? std::move(found->entries) : page<history_entry>{},
                           std::move(*claim)};
}

void hold_history(exchange& ex, response& reply, std::size_t limit, byte_claim claim) {
  hold_answer(ex, reply, *ex.server.bytes.texts(bytes_per_entry * (limit + 1)), std::move(claim));
}

} // namespace

answer handle(exchange& ex, tag_history request) {
  const auto asked = parse_page(request.page.n, std::nullopt, ex.settings->pages);
  if (!asked)
    co_return make_error_response(asked.error());
  history_query query{.name = request.name,
                      .target = request.target,
                      .before = request.before,
                      .since = request.since,
                      .limit = asked->limit};
  auto found = co_await find_history(ex, request.repository, std::move(query));
  if (!found)
    co_return make_error_response(found.error());
  const auto& listed = found->listed;
  auto reply = make_text(200, media_types::oci_index, history_json(listed));
  if (listed.more && !listed.items.empty())
    reply.set("Link", next_history_link(ex, request, listed, asked->limit));
  hold_history(ex, reply, asked->limit, std::move(found->claim));
  co_return reply;
}

answer handle(exchange& ex, repository_history request) {
  const auto asked = parse_page(request.page.n, std::nullopt, ex.settings->pages);
  const auto last = read_entry_number(request.page.last);
  if (!asked || !last)
    co_return make_error_response(asked ? last.error() : asked.error());
  history_query query{.name = request.of_tag,
                      .target = request.target,
                      .before = request.before,
                      .since = request.since,
                      .below = *last,
                      .limit = asked->limit};
  auto found = co_await find_history(ex, request.repository, std::move(query));
  if (!found)
    co_return make_error_response(found.error());
  const auto& listed = found->listed;
  auto reply = make_json(200, render(request.repository, listed.items, detail_for(ex)));
  if (listed.more && !listed.items.empty())
    reply.set("Link", next_page_link(link_to(ex, {"/__gantry/v1/repositories/",
                                                  request.repository.to_string(), "/history"}),
                                     std::to_string(listed.items.back().sequence), asked->limit,
                                     request.page.others));
  hold_history(ex, reply, asked->limit, std::move(found->claim));
  co_return reply;
}

} // namespace gantry::api
