// Refuses uploads that exceed a quota of their repository, before their bytes are read if possible.
#pragma once

#include "actors/interfaces.hpp"
#include "api/exchange.hpp"
#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/repository_name.hpp"
#include "domain/upload.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>

namespace gantry::api {

/// What an upload may have. The write of its link decides in the end; this is what is known before.
class upload_limit {
public:
  /// No limit.
  upload_limit() noexcept = default;
  /// Of an upload that has `held` bytes. Both others outlive it.
  upload_limit(quota_ledger& quotas, const repository_name& repository, std::uint64_t held) noexcept
    : quotas_{&quotas}, repository_{&repository}, held_{held} {}

  /// Counts bytes that came. Errors: quota_exceeded.
  result<void> take(std::uint64_t more) {
    held_ += more;
    return quotas_ ? quotas_->check(*repository_, {.bytes = held_}) : result<void>{};
  }

private:
  quota_ledger* quotas_ = nullptr;
  const repository_name* repository_ = nullptr;
  std::uint64_t held_ = 0;
};

/// The bytes that an upload has, and those that its request brings.
struct upload_bytes {
  std::uint64_t held = 0;
  std::uint64_t coming = 0;
};

/// The bytes that the body of the request brings, or 1 if that is unknown.
std::uint64_t announced_bytes(const exchange& ex) noexcept;

/// The limit of an upload to the repository; none if it is known to be of a blob that the
/// repository links already. Precondition: there are quotas. Errors: quota_exceeded.
boost::asio::awaitable<result<upload_limit>> limit_upload(exchange& ex,
                                                          const repository_name& repository,
                                                          upload_bytes size,
                                                          const std::optional<digest>& id);

/// A request for an upload that is open.
struct open_upload {
  const repository_name& repository;
  const upload_session_actor& session;
  chunk_announcement announced;
  /// As the request names it.
  std::optional<digest> id = {};
};

/// Likewise, of such an upload; none without quotas, and for a chunk that does not begin where the
/// upload stands, about which the session decides. Errors: those of get_upload_status, too.
boost::asio::awaitable<result<upload_limit>> limit_open_upload(exchange& ex,
                                                               const open_upload& asked);

} // namespace gantry::api
