// Names of the errors, and the exceptions for unchecked ones.
#include "domain/error.hpp"

#include <boost/throw_exception.hpp>

#include <stdexcept>
#include <utility>

namespace gantry {

std::string_view to_string(errc code) noexcept {
  switch (code) {
  case errc::name_invalid: return "name_invalid";
  case errc::tag_invalid: return "tag_invalid";
  case errc::digest_invalid: return "digest_invalid";
  case errc::manifest_invalid: return "manifest_invalid";
  case errc::media_type_unsupported: return "media_type_unsupported";
  case errc::content_encoding_unsupported: return "content_encoding_unsupported";
  case errc::pagination_invalid: return "pagination_invalid";
  case errc::request_invalid: return "request_invalid";
  case errc::route_unknown: return "route_unknown";
  case errc::name_unknown: return "name_unknown";
  case errc::manifest_unknown: return "manifest_unknown";
  case errc::manifest_blob_unknown: return "manifest_blob_unknown";
  case errc::blob_unknown: return "blob_unknown";
  case errc::upload_unknown: return "upload_unknown";
  case errc::fault_unknown: return "fault_unknown";
  case errc::snapshot_unknown: return "snapshot_unknown";
  case errc::history_unknown: return "history_unknown";
  case errc::webhook_unknown: return "webhook_unknown";
  case errc::size_invalid: return "size_invalid";
  case errc::upload_busy: return "upload_busy";
  case errc::chunk_out_of_order: return "chunk_out_of_order";
  case errc::chunk_too_small: return "chunk_too_small";
  case errc::range_not_satisfiable: return "range_not_satisfiable";
  case errc::too_many_ranges: return "too_many_ranges";
  case errc::payload_too_large: return "payload_too_large";
  case errc::target_too_long: return "target_too_long";
  case errc::head_too_large: return "head_too_large";
  case errc::too_many_tags: return "too_many_tags";
  case errc::request_timeout: return "request_timeout";
  case errc::quota_reached: return "quota_reached";
  case errc::quota_exceeded: return "quota_exceeded";
  case errc::insufficient_storage: return "insufficient_storage";
  case errc::too_many_uploads: return "too_many_uploads";
  case errc::too_many_snapshots: return "too_many_snapshots";
  case errc::overloaded: return "overloaded";
  case errc::unauthorized: return "unauthorized";
  case errc::denied: return "denied";
  case errc::too_many_logins: return "too_many_logins";
  case errc::too_many_requests: return "too_many_requests";
  case errc::method_not_allowed: return "method_not_allowed";
  case errc::read_only: return "read_only";
  case errc::delete_disabled: return "delete_disabled";
  case errc::reset_disabled: return "reset_disabled";
  case errc::origin_refused: return "origin_refused";
  case errc::tag_immutable: return "tag_immutable";
  case errc::undo_refused: return "undo_refused";
  case errc::plan_outdated: return "plan_outdated";
  case errc::name_taken: return "name_taken";
  case errc::memory_only: return "memory_only";
  case errc::unavailable: return "unavailable";
  case errc::timed_out: return "timed_out";
  case errc::descriptors_exhausted: return "descriptors_exhausted";
  case errc::disk_full: return "disk_full";
  case errc::storage_failed: return "storage_failed";
  case errc::webhook_failed: return "webhook_failed";
  case errc::internal: return "internal";
  }
  return "unknown";
}

namespace {

std::string describe(const error& failure) {
  std::string text{to_string(failure.code)};
  return failure.detail.empty() ? text : text + ": " + failure.detail;
}

} // namespace

void throw_exception_from_error(const error& failure, const boost::source_location& where) {
  boost::throw_exception(std::runtime_error{describe(failure)}, where);
}

} // namespace gantry
