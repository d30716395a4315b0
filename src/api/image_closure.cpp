#include "api/image_closure.hpp"

#include "api/call.hpp"
#include "api/existing_content.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

namespace gantry::api {

namespace {

using boost::asio::awaitable;

constexpr std::size_t referrer_bytes_at_once = 64 * 1024;
constexpr std::size_t tags_at_once_of_image = 100;

/// Collects the closure, breadth first.
class closure_search {
public:
  closure_search(exchange& ex, const repository_name& repository)
    : ex_{ex}, repository_{repository} {}

  awaitable<result<std::vector<msg::copied_manifest>>> run(const reference& wanted) {
    auto root = co_await find(wanted);
    if (!root)
      co_return std::move(root).error();
    result<void> added = add(std::move(*root));
    for (std::size_t next = 0; added && next < found_.size(); ++next) {
      const auto value = found_[next].value;
      for (const auto& child : value->children())
        if (added)
          added = co_await add_named(child.target);
      if (added)
        added = co_await add_referrers(value->id());
      if (added)
        added = co_await add_tagged(value->id());
    }
    if (!added)
      co_return std::move(added).error();
    co_return std::move(found_);
  }

private:
  awaitable<result<manifest_ptr>> find(reference name) {
    msg::get_manifest get{std::move(name)};
    auto got = co_await call_repository(ex_, repository_, std::move(get));
    if (!got)
      co_return std::move(got).error();
    co_return std::move(got->value);
  }

  /// Errors: payload_too_large.
  result<void> add(manifest_ptr value) {
    bytes_ += value->bytes().size();
    if (found_.size() == max_image_manifests || bytes_ > max_image_bytes)
      return fail(errc::payload_too_large,
                  "an image that is copied has at most " + std::to_string(max_image_manifests) +
                    " manifests, of " + std::to_string(max_image_bytes) + " bytes in all");
    places_.emplace(value->id(), found_.size());
    found_.push_back({std::move(value)});
    return {};
  }

  /// A manifest that is missing was missing before.
  awaitable<result<void>> add_named(const digest& id) {
    if (places_.contains(id))
      co_return result<void>{};
    auto value = co_await find(id);
    if (value)
      co_return add(std::move(*value));
    if (value.error().code != errc::manifest_unknown)
      co_return std::move(value).error();
    co_return result<void>{};
  }

  awaitable<result<void>> add_referrers(const digest& subject) {
    referrers_query query;
    query.max_bytes = referrer_bytes_at_once;
    for (;;) {
      msg::list_referrers list{subject, query};
      auto listed = co_await call_repository(ex_, repository_, std::move(list));
      if (!listed)
        co_return std::move(listed).error();
      const auto& referrers = listed->page.items;
      for (const auto& each : referrers)
        if (auto added = co_await add_named(each.id); !added)
          co_return std::move(added).error();
      if (!listed->page.more || referrers.empty())
        co_return result<void>{};
      query.last = referrers.back().id;
    }
  }

  /// `sha256-<hex>`, and `sha256-<hex>.` with more: signatures and attestations of cosign, and the
  /// list of referrers that clients keep for registries without one.
  awaitable<result<void>> add_tagged(const digest& subject) {
    auto prefix = subject.to_string();
    std::ranges::replace(prefix, ':', '-');
    msg::list_tags list{{tags_at_once_of_image, just_before(prefix)}};
    auto listed = co_await call_repository(ex_, repository_, std::move(list));
    if (!listed)
      co_return std::move(listed).error();
    for (const auto& name : listed->tags.items) {
      const auto& text = name.to_string();
      if (text != prefix && !text.starts_with(prefix + '.'))
        continue;
      auto value = co_await find(name);
      if (!value)
        continue; // it was deleted meanwhile
      const auto id = (*value)->id();
      if (!places_.contains(id))
        if (auto added = add(std::move(*value)); !added)
          co_return std::move(added).error();
      found_[places_.at(id)].tags.push_back(name);
    }
    co_return result<void>{};
  }

  exchange& ex_;
  const repository_name& repository_;
  std::vector<msg::copied_manifest> found_;
  std::unordered_map<digest, std::size_t> places_;
  std::uint64_t bytes_ = 0;
};

} // namespace

boost::asio::awaitable<result<std::vector<msg::copied_manifest>>>
find_closure(exchange& ex, const repository_name& repository, const reference& wanted) {
  closure_search search{ex, repository};
  co_return co_await search.run(wanted);
}

} // namespace gantry::api
