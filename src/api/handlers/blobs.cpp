// Blobs: reading them, whole or in ranges, and removing a repository's link.
#include "api/call.hpp"
#include "api/certificate_login.hpp"
#include "api/error_table.hpp"
#include "api/exchange.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "http/range.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gantry::api {

namespace {

/// An unknown repository has no blobs, so the error names the blob.
error blob_failure(error failure, const digest& id) {
  return failure.code == errc::name_unknown || failure.code == errc::blob_unknown
           ? fail(errc::blob_unknown, id.to_string())
           : std::move(failure);
}

void set_validators(const exchange& ex, response& reply, const digest& id) {
  set_identity(reply, id);
  // Content with this digest never changes; a proxy that compressed it would drop its length.
  reply.set("Cache-Control", can_log_in(ex) || ex.rules
                               ? "private, max-age=31536000, immutable, no-transform"
                               : "public, max-age=31536000, immutable, no-transform");
  reply.set("Accept-Ranges", "bytes");
}

response whole(const blob_ptr& source, bool head_only = false) {
  auto reply = make_empty(200);
  reply.set("Content-Type", "application/octet-stream");
  reply.content_length = source->size();
  if (source->size() > 0 && !head_only)
    reply.body = http::content_ranges{content_of(source), {{0, source->size() - 1}}, {}};
  return reply;
}

response one_part(const blob_ptr& source, byte_range range) {
  auto reply = make_empty(206);
  reply.set("Content-Type", "application/octet-stream");
  reply.set("Content-Range", http::content_range(range, source->size()));
  reply.content_length = range.length();
  reply.body = http::content_ranges{content_of(source), {range}, {}};
  return reply;
}

/// The boundary is alphanumeric and unquoted: containers/image parses it with a regular expression
/// that accepts nothing else.
response many_parts(const blob_ptr& source, std::vector<byte_range> ranges) {
  http::content_ranges parts{content_of(source), std::move(ranges),
                             upload_id::generate().to_string().substr(0, 8) + "GantryByteRanges"};
  auto reply = make_empty(206);
  reply.set("Content-Type", "multipart/byteranges; boundary=" + parts.boundary);
  reply.content_length = parts.length();
  reply.body = std::move(parts);
  return reply;
}

response ranged(const blob_ptr& source, std::string_view header) {
  auto ranges = lift(http::parse_range(header, source->size()));
  if (!ranges) {
    auto reply = make_error_response(ranges.error());
    if (reply.status == 416)
      reply.set("Content-Range", http::unsatisfied_range(source->size()));
    return reply;
  }
  if (ranges->empty())
    return whole(source);
  return ranges->size() == 1 ? one_part(source, ranges->front())
                             : many_parts(source, std::move(*ranges));
}

/// The client fetches the bytes itself, from where the engine has them.
response elsewhere(const blob_redirect& target) {
  auto reply = make_empty(307);
  reply.set("Location", target.url);
  reply.set("Cache-Control", "no-store"); // the URL expires
  return reply;
}

} // namespace

answer handle(exchange& ex, get_blob request) {
  // A push uses HEAD to find blobs that it can skip, so the answer must stay true for a while.
  msg::get_blob open{request.id, ex.head.is_head()};
  auto found = co_await call_repository(ex, request.repository, std::move(open));
  if (!found)
    co_return make_error_response(blob_failure(std::move(found).error(), request.id));
  const auto& source = found->value;
  if (is_not_modified(ex.head, source->id())) {
    auto reply = make_empty(304);
    set_validators(ex, reply, source->id());
    co_return reply;
  }
  const bool head_only = ex.head.is_head();
  if (const auto place = source->source(); !head_only) {
    if (const auto* target = std::get_if<blob_redirect>(&place)) {
      auto reply = elsewhere(*target);
      set_digest(reply, source->id());
      co_return reply;
    }
  }
  const auto range = effective_range(ex.head, source->id());
  auto reply = range && !head_only ? ranged(source, *range) : whole(source, head_only);
  set_validators(ex, reply, source->id());
  co_return reply;
}

answer handle(exchange& ex, delete_blob request) {
  msg::delete_blob unlink{request.id};
  auto gone = co_await call_repository(ex, request.repository, std::move(unlink));
  if (!gone)
    co_return make_error_response(blob_failure(std::move(gone).error(), request.id));
  co_return make_empty(202);
}

} // namespace gantry::api
