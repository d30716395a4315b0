// Manifests: pushed, pulled and deleted, by tag or by digest.
#include "http/call.hpp"
#include "http/conditional.hpp"
#include "http/handlers/handlers.hpp"
#include "http/link_header.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace gantry::http {

namespace {

/// A repository that is not here has no manifests: clients look for "manifest unknown".
error manifest_failure(error failure, const reference& name) {
  return failure.code == errc::name_unknown || failure.code == errc::manifest_unknown
           ? fail(errc::manifest_unknown, to_string(name))
           : std::move(failure);
}

/// The whole body, which must not be larger than a manifest may be. Memory grows with what comes,
/// not with what is announced.
boost::asio::awaitable<result<std::string>> read_manifest(exchange& ex) {
  const auto limit = ex.server.settings.max_manifest;
  const auto too_large = "a manifest has at most " + std::to_string(limit) + " bytes";
  if (ex.head.content_length().value_or(0) > limit)
    co_return fail(errc::payload_too_large, too_large);
  std::string bytes;
  std::array<std::byte, 16 * 1024> piece;
  while (!ex.body.is_done()) {
    auto taken = co_await ex.body.read(piece);
    if (!taken)
      co_return std::move(taken).error();
    if (bytes.size() + *taken > limit)
      co_return fail(errc::payload_too_large, too_large);
    bytes.append(reinterpret_cast<const char*>(piece.data()), *taken);
  }
  co_return bytes;
}

/// Errors: those of `manifest::parse`; digest_invalid where the reference is the digest of other
/// bytes.
result<manifest> parse(const exchange& ex, std::string bytes, const reference& name) {
  const auto& policy = ex.server.settings.validation;
  const auto* wanted = std::get_if<digest>(&name);
  std::optional<media_type> type;
  if (const auto field = ex.head.find(request_head::field::content_type)) {
    auto parsed = media_type::parse(*field);
    if (parsed)
      type = std::move(*parsed);
    else if (policy.manifest == validation_policy::manifests::check)
      return std::move(parsed).error();
  }
  const auto trusted = policy.digest == validation_policy::digests::trust && wanted
                         ? std::optional{*wanted}
                         : std::nullopt;
  if (policy.manifest == validation_policy::manifests::accept)
    return manifest::accept(std::move(bytes), type, trusted);
  const auto algorithm = wanted ? wanted->algorithm() : digest_algorithm::sha256;
  if (wanted && digest::of(bytes, algorithm) != *wanted)
    return fail(errc::digest_invalid,
                "the manifest has the digest " + digest::of(bytes, algorithm).to_string());
  return manifest::parse(std::move(bytes), type, algorithm);
}

/// RFC 9110 has no code for it, but 299 is what clients print.
void set_warning(response& reply, const std::vector<digest>& missing) {
  if (!missing.empty())
    reply.set("Warning", "299 - \"" + std::to_string(missing.size()) +
                           " of the blobs or manifests that this manifest names are not in the "
                           "repository\"");
}

} // namespace

answer handle(exchange& ex, api::open_manifest request) {
  msg::open_manifest open{request.name};
  auto found = co_await call_repository(ex, request.repository, std::move(open));
  if (!found)
    co_return make_error_response(manifest_failure(std::move(found).error(), request.name));
  const auto& value = *found->value;
  auto reply = make_empty(is_not_modified(ex.head, value.id()) ? 304 : 200);
  reply.set_identity(value.id());
  if (reply.status == 304)
    co_return reply;
  reply.set("Content-Type", value.type().to_string());
  reply.content_length = value.bytes().size();
  reply.body = shared_bytes{found->value, value.bytes()};
  co_return reply;
}

answer handle(exchange& ex, api::put_manifest request) {
  auto bytes = co_await read_manifest(ex);
  if (!bytes)
    co_return make_error_response(bytes.error());
  auto parsed = parse(ex, std::move(*bytes), request.name);
  if (!parsed)
    co_return make_error_response(parsed.error());
  auto value = std::make_shared<const manifest>(std::move(*parsed));
  msg::put_manifest put{value, request.tags};
  if (const auto* name = std::get_if<tag>(&request.name))
    put.tags = {*name};
  auto stored =
    co_await call_repository(ex, request.repository, std::move(put), absent_repository::create);
  if (!stored)
    co_return make_error_response(stored.error());
  auto reply = make_empty(201);
  reply.set("Location", link_to(ex, "/v2/" + request.repository.to_string() + "/manifests/" +
                                      digest_in_path(value->id())));
  reply.set_digest(value->id());
  for (const auto& name : request.tags)
    reply.set("OCI-Tag", name.to_string());
  if (value->subject() && ex.server.settings.referrers)
    reply.set("OCI-Subject", value->subject()->target.to_string());
  set_warning(reply, stored->missing);
  co_return reply;
}

answer handle(exchange& ex, api::delete_manifest request) {
  msg::delete_manifest remove{request.name};
  auto gone = co_await call_repository(ex, request.repository, std::move(remove));
  if (!gone)
    co_return make_error_response(manifest_failure(std::move(gone).error(), request.name));
  co_return make_empty(202);
}

} // namespace gantry::http
