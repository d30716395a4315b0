#include "api/upload_limit.hpp"

#include "api/call.hpp"

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
  const quota_use all{.bytes = size.held + size.coming};
  const upload_limit limit{*quotas, repository, size.held};
  if (quotas->has_room(repository, all))
    co_return limit;
  if (id) {
    msg::get_blob open{*id};
    const auto linked = co_await call_repository(ex, repository, std::move(open));
    if (linked)
      co_return upload_limit{};
  }
  if (auto room = quotas->check(repository, all); !room)
    co_return std::move(room).error();
  co_return limit;
}

boost::asio::awaitable<result<upload_limit>> limit_open_upload(exchange& ex,
                                                               const repository_name& repository,
                                                               const upload_session_actor& session,
                                                               const std::optional<digest>& id) {
  const auto standing = co_await call(ex, session, msg::get_upload_status{});
  if (!standing)
    co_return standing.error();
  const upload_bytes size{standing->offset, announced_bytes(ex)};
  co_return co_await limit_upload(ex, repository, size, id);
}

boost::asio::awaitable<void> end_refused(exchange& ex, const repository_name& repository,
                                         const upload_id& id, const upload_session_actor& session,
                                         const error& why) {
  auto& services = ex.server.services;
  services.refused_uploads.remember(id, {repository, why}, services.now());
  const auto ended = co_await call(ex, session, msg::cancel_upload{});
  static_cast<void>(ended); // it may have ended by itself
}

} // namespace gantry::api
