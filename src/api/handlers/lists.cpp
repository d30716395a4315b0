// The lists: catalog, tags and referrers, page by page.
#include "api/authorisation.hpp"
#include "api/call.hpp"
#include "api/claims.hpp"
#include "api/exchange.hpp"
#include "api/link_header.hpp"
#include "api/operations.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "api/sealed_position.hpp"

#include "domain/paging.hpp"
#include "domain/referrers.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace gantry::api {

namespace {

/// The most bytes of a page of names and of the text that is made from it.
std::uint64_t in_flight_for(std::size_t names, std::size_t longest_name) {
  return 2 * names * (longest_name + 3);
}

/// Names that are asked for at once, if not all of them may be shown.
constexpr std::size_t names_at_once = 1000;

/// Names of repositories that the client may read.
struct readable_names {
  std::vector<repository_name> items;
  /// Where the next page begins, as `last`; empty if there is none.
  std::string next;
};

/// Looks at a limited number of names, so a page may have fewer than asked for, or none. Its link
/// then hides where the search stopped: at a name that the client may not know.
boost::asio::awaitable<result<readable_names>> find_readable(exchange& ex, page_request asked) {
  readable_names found;
  auto position = opened_position(ex.server.positions, ex.asked->name, asked.last);
  if (!position)
    co_return std::move(position).error();
  auto left = ex.settings->max_names_looked_at;
  while (asked.limit > 0) {
    if (left == 0) {
      found.next = sealed_position(ex.server.positions, ex.asked->name, *position);
      break;
    }
    const auto count = std::min(left, names_at_once);
    msg::list_repositories list{{count, *position}};
    left -= count;
    auto names = co_await call(ex, ex.server.services.directory.get(), std::move(list));
    if (!names)
      co_return std::move(names).error();
    for (auto& name : names->names.items) {
      *position = name.to_string();
      if (!may_pull(ex, name))
        continue;
      if (found.items.size() == asked.limit) {
        found.next = found.items.back().to_string();
        co_return found;
      }
      found.items.push_back(std::move(name));
    }
    if (!names->names.more)
      break;
  }
  co_return found;
}

/// All of a page, which need not be filtered.
boost::asio::awaitable<result<readable_names>> find_names(exchange& ex, page_request asked) {
  if (ex.rights && !ex.rights->may_everywhere(policy::action::pull))
    co_return co_await find_readable(ex, std::move(asked));
  msg::list_repositories list{std::move(asked)};
  auto found = co_await call(ex, ex.server.services.directory.get(), std::move(list));
  if (!found)
    co_return std::move(found).error();
  readable_names names{std::move(found->names.items), {}};
  if (found->names.more && !names.items.empty())
    names.next = names.items.back().to_string();
  co_return names;
}

/// Bytes of a subject's referrers that fit a small share.
constexpr std::size_t small_page = 48 * 1024;

/// A request for more must first wait for a large share.
boost::asio::awaitable<result<referrers_page>>
find_referrers(exchange& ex, const list_referrers& request, std::size_t max_bytes) {
  msg::list_referrers list{request.subject, {request.artifact_types, request.last}};
  list.query.max_bytes = std::min(max_bytes, list.query.max_bytes);
  auto found = co_await call_repository(ex, request.repository, std::move(list));
  if (found)
    co_return std::move(found->page);
  // An unknown repository or subject has no referrers.
  if (found.error().code == errc::name_unknown)
    co_return referrers_page{};
  co_return std::move(found).error();
}

result<page_request> parse_page(const exchange& ex, const page_query& query) {
  if (query.whole > 0)
    return page_request{query.whole, {}};
  return gantry::parse_page(query.n, query.last, ex.settings->pages);
}

template <class T>
boost::json::array to_json(const std::vector<T>& names) {
  boost::json::array array;
  array.reserve(names.size());
  for (const auto& name : names)
    array.emplace_back(name.to_string());
  return array;
}

/// Adds the Link to the next page if there is one.
template <class T>
void link_next(const exchange& ex, response& reply, const page<T>& shown, const page_request& asked,
               const page_query& query, std::string_view path) {
  if (shown.more && !shown.items.empty())
    reply.set("Link", next_page_link(link_to(ex, {path}), shown.items.back().to_string(),
                                     asked.limit, query.others));
}

} // namespace

answer handle(exchange& ex, list_repositories request) {
  auto asked = parse_page(ex, request.page);
  if (!asked)
    co_return make_error_response(asked.error());
  const auto held = asked->limit + (ex.rights ? names_at_once : 0);
  const auto price = in_flight_for(held, repository_name::max_length);
  auto claim = co_await claim_bytes(ex, ex.server.bytes.texts(price), price);
  if (!claim)
    co_return make_error_response(claim.error());
  auto found = co_await find_names(ex, *asked);
  if (!found)
    co_return make_error_response(found.error());
  boost::json::object body;
  body["repositories"] = to_json(found->items);
  auto reply = make_json(200, boost::json::serialize(body));
  if (!found->next.empty())
    reply.set("Link", next_page_link(link_to(ex, {"/v2/_catalog"}), found->next, asked->limit,
                                     request.page.others));
  hold_answer(ex, reply, *ex.server.bytes.texts(price), std::move(*claim));
  co_return reply;
}

answer handle(exchange& ex, list_tags request) {
  auto asked = parse_page(ex, request.page);
  if (!asked)
    co_return make_error_response(asked.error());
  const auto price = in_flight_for(asked->limit, tag::max_length);
  auto claim = co_await claim_bytes(ex, ex.server.bytes.texts(price), price);
  if (!claim)
    co_return make_error_response(claim.error());
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
  hold_answer(ex, reply, *ex.server.bytes.texts(price), std::move(*claim));
  co_return reply;
}

answer handle(exchange& ex, list_referrers request) {
  if (!ex.settings->referrers)
    co_return make_error_response(fail(errc::route_unknown, "referrers are disabled"));
  auto price = 2 * small_page;
  auto claim = co_await claim_bytes(ex, ex.server.bytes.texts(price), price);
  if (!claim)
    co_return make_error_response(claim.error());
  auto found = co_await find_referrers(ex, request, small_page);
  if (found && found->more) {
    found = referrers_page{};
    price = 2 * referrers_query{}.max_bytes;
    claim->release();
    claim = co_await claim_bytes(ex, ex.server.bytes.texts(price), price);
    if (!claim)
      co_return make_error_response(claim.error());
    found = co_await find_referrers(ex, request, referrers_query{}.max_bytes);
  }
  if (!found)
    co_return make_error_response(found.error());
  const auto& page = *found;
  auto reply = make_text(200, media_types::oci_index, render_referrers(page));
  if (!request.artifact_types.empty())
    reply.set("OCI-Filters-Applied", "artifactType");
  if (page.more)
    reply.set("Link", next_referrers_link(link_to(ex, {"/v2/", request.repository.to_string(),
                                                       "/referrers/", request.subject.to_string()}),
                                          page.items.back().id, request.artifact_types));
  hold_answer(ex, reply, *ex.server.bytes.texts(price), std::move(*claim));
  co_return reply;
}

} // namespace gantry::api
