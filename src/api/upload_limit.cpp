#include "api/upload_limit.hpp"

#include "api/call.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace gantry::api {

std::uint64_t announced_bytes(const exchange& ex) noexcept {
  return ex.head.has_body() ? ex.head.content_length().value_or(1) : 0;
}

boost::asio::awaitable<result<upload_limit>> limit_upload(exchange& ex,
                                                          const repository_name& repository,
                                                          upload_bytes size,
                                                          const std::optional<digest>& id) {
  auto* const quotas = ex.server.storage_quotas;
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  const quota_use all{.bytes = size.held + std::min(size.coming, most - size.held)};
  const upload_limit limit{*quotas, repository, size.held};
  if (quotas->has_room(repository, all))
    co_return limit;
  if (id) {
    msg::get_blob open{*id};
    const auto linked = co_await call_repository(ex, repository, std::move(open));
    // Only one that is known to be absent can be refused.
    if (linked ||
        (linked.error().code != errc::blob_unknown && linked.error().code != errc::name_unknown))
      co_return upload_limit{};
  }
  if (auto room = quotas->check(repository, all); !room)
    co_return std::move(room).error();
  co_return limit;
}

boost::asio::awaitable<result<upload_limit>> limit_open_upload(exchange& ex,
                                                               const open_upload& asked) {
  if (!ex.server.storage_quotas)
    co_return upload_limit{};
  const auto standing = co_await call(ex, asked.session, msg::get_upload_status{});
  if (!standing)
    co_return standing.error();
  if (const auto& range = asked.announced.range; range && range->first != standing->offset)
    co_return upload_limit{};
  const upload_bytes size{standing->offset, announced_bytes(ex)};
  co_return co_await limit_upload(ex, asked.repository, size, asked.id);
}

} // namespace gantry::api
