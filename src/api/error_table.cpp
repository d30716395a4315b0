#include "api/error_table.hpp"

#include "base/text.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace gantry::api {

namespace {

/// Bytes of a detail that are shown: it may contain long input from a client.
constexpr std::size_t max_shown = 256;

/// Appends a JSON string. Most texts need no escapes.
void append_quoted(std::string& body, std::string_view text) {
  const bool is_plain = std::none_of(
    text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; });
  if (is_plain)
    body.append(1, '"').append(text).append(1, '"');
  else
    body += boost::json::serialize(boost::json::string_view{text.data(), text.size()});
}

void append_entry(std::string& body, std::string_view code, std::string_view message,
                  std::string_view detail) {
  auto printable = to_ascii(detail.substr(0, max_shown));
  if (detail.size() > max_shown)
    printable += "...";
  body += R"({"code":)";
  append_quoted(body, code);
  body += R"(,"message":)";
  append_quoted(body, message);
  body += R"(,"detail":)";
  if (detail.empty())
    body += "null";
  else
    append_quoted(body, printable);
  body += '}';
}

/// Clients show the message alone, and of a quota a user has to know which it is.
std::string message_of(const error& failure, const wire_error& wire) {
  if (failure.code != errc::quota_exceeded || failure.detail.empty())
    return std::string{wire.message};
  return to_ascii(failure.detail) + ": " + std::string{wire.remedy};
}

} // namespace

// One row for each error, so its length grows with them.
// NOLINTNEXTLINE(readability-function-size)
wire_error to_wire(errc code) noexcept {
  switch (code) {
  case errc::name_invalid:
    return {
      400, "NAME_INVALID", "invalid repository name",
      "use lower-case letters, digits, separators . _ __ - and slashes; at most 255 characters"};
  case errc::tag_invalid:
    return {400, "TAG_INVALID", "invalid tag",
            "use letters, digits, _ . -, not starting with . or -; at most 128 characters"};
  case errc::digest_invalid:
    return {
      400, "DIGEST_INVALID", "provided digest did not match uploaded content or is malformed",
      "send sha256: or sha512: and the lower-case hex digest of exactly the bytes that were sent"};
  case errc::manifest_invalid:
    return {400, "MANIFEST_INVALID", "manifest invalid", "the detail says what to correct"};
  case errc::media_type_unsupported:
    return {415, "MANIFEST_INVALID", "media type is not that of a manifest",
            "send the manifest's media type as Content-Type"};
  case errc::content_encoding_unsupported:
    return {415, "UNSUPPORTED", "content encodings are not supported",
            "send the bytes without Content-Encoding"};
  case errc::pagination_invalid:
    return {400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested",
            "send a number n from 0 to the maximum"};
  case errc::request_invalid:
    return {400, "BAD_REQUEST", "the request is malformed", "the detail says what to correct"};
  case errc::route_unknown:
    return {404, "UNSUPPORTED", "there is no such endpoint", "see the table of endpoints"};
  case errc::name_unknown:
    return {404, "NAME_UNKNOWN", "repository name not known to registry", "push to it first"};
  case errc::manifest_unknown:
    return {404, "MANIFEST_UNKNOWN", "manifest unknown", "list the tags of the repository"};
  case errc::manifest_blob_unknown:
    return {400, "MANIFEST_BLOB_UNKNOWN",
            "manifest references a manifest or blob unknown to registry",
            "push the blobs and manifests in the details to the same repository first"};
  case errc::blob_unknown:
    return {404, "BLOB_UNKNOWN", "blob unknown to registry",
            "push it to this repository, or mount it"};
  case errc::upload_unknown:
    return {404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry",
            "start a new upload: this one is finished, cancelled or expired"};
  case errc::fault_unknown:
    return {404, "UNKNOWN", "there is no such fault", "list them: GET /__parlel/faults"};
  case errc::snapshot_unknown:
    return {404, "UNKNOWN", "there is no such snapshot", "list them: GET /__parlel/snapshot"};
  case errc::history_unknown:
    return {404, "UNKNOWN", "the repository's history has no such entry",
            "list it: GET /__gantry/v1/repositories/<name>/history"};
  case errc::webhook_unknown:
    return {404, "UNKNOWN", "there is no such webhook", "list them: GET /__gantry/v1/webhooks"};
  case errc::size_invalid:
    return {400, "SIZE_INVALID", "provided length did not match content length",
            "send as many bytes as Content-Range announces"};
  case errc::upload_busy:
    return {409, "BLOB_UPLOAD_INVALID", "another request is writing to this upload",
            "send the chunks of an upload one after another"};
  case errc::chunk_out_of_order:
    return {416, "RANGE_INVALID", "chunk does not start at the offset of the upload",
            "continue after the Range of this answer"};
  case errc::chunk_too_small:
    return {416, "RANGE_INVALID", "the previous chunk is smaller than OCI-Chunk-Min-Length",
            "send larger chunks; only the last one may be smaller"};
  case errc::range_not_satisfiable:
    return {416, "RANGE_INVALID", "no such range",
            "ask for bytes within the size in Content-Range"};
  case errc::too_many_ranges: // on 400 clients ask for half as many; on 416 they give up
    return {400, "RANGE_INVALID", "the request asks for too many ranges",
            "ask for at most 1024 ranges that do not overlap"};
  case errc::payload_too_large:
    return {413, "SIZE_INVALID", "content is larger than this registry accepts",
            "send fewer bytes, or raise the server's limit"};
  case errc::target_too_long:
    return {414, "BAD_REQUEST", "request target is too long", "send at most 8 KiB"};
  case errc::head_too_large:
    return {431, "BAD_REQUEST", "request header is too large",
            "send at most 32 KiB and 128 fields"};
  case errc::too_many_tags:
    return {414, "TAG_INVALID", "too many tag parameters", "send at most 64 in one request"};
  case errc::request_timeout:
    return {408, "BAD_REQUEST", "the request arrived too slowly", "send it again, faster"};
  case errc::quota_reached:
    return {403, "DENIED",
            "the registry has reached its limit of repositories: delete one, or raise "
            "--max-repositories",
            "delete a repository, or raise --max-repositories"};
  case errc::quota_exceeded:
    return {403, "DENIED", "a quota of the registry is exceeded",
            "delete tags and collect garbage, or ask an administrator for a larger quota"};
  case errc::insufficient_storage:
    return {403, "DENIED", "the registry's storage is full: delete images, or raise --memory-limit",
            "delete images, or raise --memory-limit"};
  case errc::too_many_uploads:
    return {429, "TOOMANYREQUESTS", "the registry has reached its limit of open uploads",
            "finish or cancel uploads, try again later, or raise --max-uploads"};
  case errc::too_many_snapshots:
    return {403, "DENIED", "the registry has reached its limit of snapshots: delete one",
            "delete one; GET /__parlel/snapshot lists them"};
  case errc::overloaded:
    return {429, "TOOMANYREQUESTS", "the registry has reached its limit of bytes in flight",
            "try again later, or raise --max-in-flight"};
  case errc::unauthorized:
    return {401, "UNAUTHORIZED", "authentication required", "log in with a user of the registry"};
  case errc::denied:
    return {403, "DENIED", "requested access to the resource is denied",
            "ask an administrator for the right in the detail, or log in as another user"};
  case errc::too_many_requests:
    return {429, "TOOMANYREQUESTS", "this client asks more often than the registry allows",
            "try again after the time in Retry-After, or raise --rate"};
  case errc::too_many_logins:
    return {429, "TOOMANYREQUESTS", "too many wrong passwords, or too many logins at once",
            "check the password; try again after the time in Retry-After"};
  case errc::method_not_allowed:
    return {405, "UNSUPPORTED", "the operation is unsupported", "use a method that Allow lists"};
  case errc::read_only: return {405, "UNSUPPORTED", "the registry is read-only", "push elsewhere"};
  case errc::delete_disabled:
    return {405, "UNSUPPORTED", "deleting is disabled", "start the server without --no-delete"};
  case errc::reset_disabled:
    return {403, "DENIED", "a durable registry refuses the reset",
            "delete unwanted content, or start the server with --allow-reset"};
  case errc::origin_refused:
    return {403, "DENIED", "a web page of this origin may only read",
            "start the server with --cors-origin and the origin in the detail; if the page is the "
            "registry's own, with --allowed-host and its host"};
  case errc::tag_immutable:
    return {409, "DENIED", "the tag is immutable, or an immutable tag needs this content",
            "push under a new tag"};
  case errc::undo_refused:
    return {409, "CONFLICT", "this can no longer be undone", "the detail says what has changed"};
  case errc::plan_outdated:
    return {409, "CONFLICT", "the plan is no longer what the rules remove", "make a new plan"};
  case errc::name_taken:
    return {409, "CONFLICT", "there is a repository with this name",
            "choose another name, or delete that repository for good"};
  case errc::memory_only:
    return {501, "UNSUPPORTED", "this needs a registry in memory",
            "start the server without --data"};
  case errc::unavailable: return {503, "UNAVAILABLE", "service unavailable", "try again later"};
  case errc::timed_out:
    return {503, "UNAVAILABLE", "the registry did not answer in time", "try again later"};
  case errc::descriptors_exhausted:
    return {503, "UNAVAILABLE", "the registry can open no more files",
            "try again later; let the server open more files"};
  case errc::disk_full:
    return {507, "INSUFFICIENT_STORAGE", "the registry's disk or memory is full",
            "free space on the server's disk or memory, or delete images and collect garbage"};
  case errc::storage_failed:
    return {500, "UNKNOWN", "the registry's storage failed",
            "see the server's log: the disk may be read-only or broken"};
  case errc::webhook_failed:
    return {502, "UNAVAILABLE", "the webhook's endpoint did not accept the event",
            "the detail says why: see that its server runs, and its url and headers"};
  case errc::internal: return {500, "UNKNOWN", "unknown error", "see the server's log"};
  }
  return {500, "UNKNOWN", "unknown error", ""};
}

error to_error(http::refusal why) {
  const auto code = [&] {
    using enum http::refusal_code;
    switch (why.code) {
    case malformed: return errc::request_invalid;
    case too_slow: return errc::request_timeout;
    case target_too_long: return errc::target_too_long;
    case head_too_large: return errc::head_too_large;
    case content_encoding_unsupported: return errc::content_encoding_unsupported;
    case range_not_satisfiable: return errc::range_not_satisfiable;
    case too_many_ranges: return errc::too_many_ranges;
    }
    return errc::internal;
  };
  return error{code(), std::move(why.detail), {}};
}

std::string render(const error& failure) {
  const auto wire = to_wire(failure.code);
  std::string body;
  body.reserve(256);
  body += R"({"errors":[)";
  // Details of internal errors are for the log only: they may name paths.
  append_entry(body, wire.code, message_of(failure, wire),
               failure.code == errc::internal ? std::string_view{} : failure.detail);
  for (const auto& detail : failure.further) {
    body += ',';
    append_entry(body, wire.code, wire.message, detail);
  }
  return body += "]}";
}

std::string render(std::string_view code, std::string_view message) {
  std::string body = R"({"errors":[)";
  append_entry(body, code, message, {});
  return body += "]}";
}

} // namespace gantry::api
