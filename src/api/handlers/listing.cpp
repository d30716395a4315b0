// The rich lists of repositories and tags, and the search for manifests.
#include "listing/index.hpp"

#include "api/authorisation.hpp"
#include "api/claims.hpp"
#include "api/engine_answer.hpp"
#include "api/exchange.hpp"
#include "api/link_header.hpp"
#include "api/listing_json.hpp"
#include "api/operations.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "api/sealed_position.hpp"

#include "domain/paging.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::api {

namespace {

/// More than the bytes of a row and of its JSON.
constexpr std::uint64_t bytes_per_repository = 1024;
constexpr std::uint64_t bytes_per_tag = 6144;
/// With `listing::max_tags_shown` tags.
constexpr std::uint64_t bytes_per_manifest = 32 * 1024;
/// Of a page.
constexpr std::size_t max_manifests = 100;

/// Asks the index, and tells it where to answer.
template <class Record>
using question = std::function<void(completion<listing::found_rows<Record>>)>;

/// A page of a list, for one request.
class listed_page {
public:
  /// `list` says which list it is, and in which order.
  listed_page(exchange& ex, const page_query& query, std::string list)
    : ex_{ex}, query_{query}, list_{std::move(list)} {}

  /// Claims the bytes of a page of at most `most` rows. Errors: pagination_invalid, overloaded.
  boost::asio::awaitable<result<void>>
  open(std::uint64_t bytes_per_row, std::size_t most = std::numeric_limits<std::size_t>::max()) {
    const auto asked = parse_page(query_.n, query_.last, ex_.settings->pages);
    if (!asked)
      co_return asked.error();
    auto position = opened_position(ex_.server.positions, list_, asked->last);
    if (!position)
      co_return std::move(position).error();
    last_ = std::move(*position);
    limit_ = std::min(asked->limit, most);
    price_ = bytes_per_row * (limit_ + 1);
    auto claim = co_await claim_bytes(ex_, ex_.server.bytes.texts(price_), price_);
    if (!claim)
      co_return std::move(claim).error();
    claim_ = std::move(*claim);
    co_return result<void>{};
  }

  /// For the index, which gives at least one row.
  std::size_t limit() const noexcept { return std::max<std::size_t>(limit_, 1); }
  const std::string& last() const noexcept { return last_; }

  template <class Record>
  boost::asio::awaitable<result<listing::found_rows<Record>>> find(question<Record> ask) {
    auto found = co_await engine_answer<listing::found_rows<Record>>(std::move(ask));
    if (!found && found.error().code == errc::pagination_invalid)
      co_return fail(errc::pagination_invalid, query_.last.value_or("")); // not what was sealed
    if (found && limit_ == 0)
      found = listing::found_rows<Record>{};
    co_return found;
  }

  /// `path` is that of the list.
  template <class Record>
  response reply(std::string body, const listing::found_rows<Record>& rows, std::string_view path) {
    auto made = make_json(200, std::move(body));
    if (!rows.next.empty()) {
      const auto next = rows.next_is_hidden || looks_sealed(rows.next)
                          ? sealed_position(ex_.server.positions, list_, rows.next)
                          : rows.next;
      made.set("Link", next_page_link(link_to(ex_, {path}), next, limit_, query_.others));
    }
    hold_answer(ex_, made, *ex_.server.bytes.texts(price_), std::move(claim_));
    return made;
  }

private:
  exchange& ex_;
  const page_query& query_;
  const std::string list_;
  std::string last_;
  std::size_t limit_ = 0;
  std::uint64_t price_ = 0;
  byte_claim claim_;
};

/// The name of a list in its order.
template <class Order>
std::string name_of(const exchange& ex, const listing::sorting<Order>& sorted) {
  std::string name{ex.asked->name};
  name.append(sorted.descending ? " -" : " ");
  return name.append(std::to_string(static_cast<int>(sorted.by)));
}

/// Which repositories the client may know; empty for all. Lives as long as the exchange.
std::function<bool(const repository_name&)> shown_to(const exchange& ex) {
  if (may_pull_everywhere(ex))
    return {};
  return [&ex](const repository_name& each) { return may_pull(ex, each); };
}

bool asks_for_something(const search_manifests& request) noexcept {
  return !request.annotations.empty() || !request.labels.empty() || request.target ||
         !request.artifact_type.empty();
}

} // namespace

answer handle(exchange& ex, list_repository_details request) {
  listed_page page{ex, request.page, name_of(ex, request.sorted)};
  if (const auto open = co_await page.open(bytes_per_repository); !open)
    co_return make_error_response(open.error());
  listing::repository_query query{
    .page = {std::move(request.glob), std::move(request.contains), page.limit(), page.last()},
    .sorted = request.sorted,
    .shows = shown_to(ex)};
  question<listing::repository_record> ask = [&](auto done) {
    ex.server.listing->list_repositories(std::move(query), std::move(done));
  };
  const auto found = co_await page.find(std::move(ask));
  if (!found)
    co_return make_error_response(found.error());
  co_return page.reply(render(found->items), *found, "/__gantry/v1/repositories");
}

answer handle(exchange& ex, list_tag_details request) {
  listed_page page{ex, request.page, name_of(ex, request.sorted)};
  if (const auto open = co_await page.open(bytes_per_tag); !open)
    co_return make_error_response(open.error());
  listing::tag_query query{
    .page = {std::move(request.glob), std::move(request.contains), page.limit(), page.last()},
    .sorted = request.sorted};
  question<listing::tag_record> ask = [&](auto done) {
    ex.server.listing->list_tags(request.repository, std::move(query), std::move(done));
  };
  const auto found = co_await page.find(std::move(ask));
  if (!found)
    co_return make_error_response(found.error());
  co_return page.reply(render(request.repository, found->items), *found,
                       "/__gantry/v1/repositories/" + request.repository.to_string() + "/tags");
}

answer handle(exchange& ex, search_manifests request) {
  if (!asks_for_something(request))
    co_return make_error_response(
      fail(errc::request_invalid,
           "write what to search for: annotation, label, digest or artifactType, such as "
           "?annotation=org.opencontainers.image.version=1.2"));
  listed_page page{ex, request.page, std::string{ex.asked->name}};
  if (const auto open = co_await page.open(bytes_per_manifest, max_manifests); !open)
    co_return make_error_response(open.error());
  listing::search_query query{.annotations = std::move(request.annotations),
                              .labels = std::move(request.labels),
                              .target = request.target,
                              .artifact_type = std::move(request.artifact_type),
                              .limit = page.limit(),
                              .last = page.last(),
                              .shows = shown_to(ex)};
  question<listing::manifest_record> ask = [&](auto done) {
    ex.server.listing->search(std::move(query), std::move(done));
  };
  const auto found = co_await page.find(std::move(ask));
  if (!found)
    co_return make_error_response(found.error());
  co_return page.reply(render(found->items), *found, "/__gantry/v1/search");
}

} // namespace gantry::api
