#include "api/existing_content.hpp"

#include "api/call.hpp"

#include <utility>

namespace gantry::api {

namespace {

constexpr std::size_t tags_at_once = 1000;

} // namespace

std::string just_before(std::string prefix) {
  --prefix.back();
  prefix += '\x7f';
  return prefix;
}

boost::asio::awaitable<result<bool>> exists(exchange& ex, std::string_view name, bool below) {
  std::string wanted{name};
  if (below)
    wanted += '/';
  msg::list_repositories next{{1, just_before(wanted)}};
  auto found = co_await call(ex, ex.server.services.directory.get(), std::move(next));
  if (!found)
    co_return std::move(found).error();
  const auto& names = found->names.items;
  if (names.empty())
    co_return false;
  const auto first = names.front().to_string();
  co_return below ? first.starts_with(wanted) : first == wanted;
}

boost::asio::awaitable<std::string> find_tag(exchange& ex, const repository_name& repository,
                                             const digest& id) {
  page_request page{tags_at_once, {}};
  for (;;) {
    msg::list_tags list{page};
    auto found = co_await call_repository(ex, repository, std::move(list));
    if (!found)
      co_return std::string{};
    for (const auto& each : found->tags.items) {
      msg::get_manifest get{each};
      auto target = co_await call_repository(ex, repository, std::move(get));
      if (target && target->value->id() == id)
        co_return each.to_string();
    }
    if (!found->tags.more)
      co_return std::string{};
    page.last = found->tags.items.back().to_string();
  }
}

} // namespace gantry::api
