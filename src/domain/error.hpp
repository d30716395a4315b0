// The vocabulary of expected failures, and the result type that carries them.
#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry {

/// Everything that can be wrong with a request, named by its cause. `api/error_table.cpp` maps each
/// to its HTTP response.
enum class errc : std::uint8_t {
  // The request does not parse.
  name_invalid = 1,
  tag_invalid,
  digest_invalid,
  manifest_invalid,
  media_type_unsupported,
  content_encoding_unsupported,
  pagination_invalid,
  request_invalid,
  // The named object does not exist.
  route_unknown,
  name_unknown,
  manifest_unknown,
  manifest_blob_unknown,
  blob_unknown,
  upload_unknown,
  fault_unknown,
  snapshot_unknown,
  history_unknown,
  webhook_unknown,
  // The bytes do not fit the announcement or the upload's offset.
  size_invalid,
  upload_busy,
  chunk_out_of_order,
  chunk_too_small,
  range_not_satisfiable,
  too_many_ranges,
  // Limits.
  payload_too_large,
  target_too_long,
  head_too_large,
  too_many_tags,
  request_timeout,
  quota_reached,
  quota_exceeded,
  insufficient_storage,
  too_many_uploads,
  too_many_snapshots,
  overloaded,
  // Policy.
  unauthorized,
  denied,
  too_many_logins,
  too_many_requests,
  method_not_allowed,
  read_only,
  delete_disabled,
  reset_disabled,
  origin_refused,
  tag_immutable,
  undo_refused,
  plan_outdated,
  name_taken,
  memory_only,
  // The server.
  unavailable,
  timed_out,
  descriptors_exhausted,
  disk_full,
  storage_failed,
  webhook_failed,
  internal,
};

/// The last enumerator: tests iterate over `1 … last_errc`.
inline constexpr errc last_errc = errc::internal;

/// The enumerator's name, for logs ("blob_unknown").
std::string_view to_string(errc code) noexcept;

/// One failure. `detail` is shown to clients: it names what they sent, never a path, an SQL text or
/// an exception's message. `further` holds the details of more faults of the same kind, such as
/// more unknown blobs of a manifest; each becomes a separate entry in the response.
struct error {
  errc code = errc::internal;
  std::string detail;
  std::vector<std::string> further;

  bool operator==(const error&) const = default;
};

template <class T>
using result = boost::system::result<T, error>;

/// `result<T>::value()` on a failure throws `std::runtime_error`. That is a bug: callers must
/// check.
[[noreturn]] void throw_exception_from_error(const error& failure, const boost::source_location&);

/// Shorthand: `return fail(errc::digest_invalid, text);`.
inline error fail(errc code, std::string_view detail = {}) {
  return error{code, std::string{detail}, {}};
}

} // namespace gantry
