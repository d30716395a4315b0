// Manifests: pushed, pulled and deleted, by tag or by digest.
#include "api/call.hpp"
#include "api/claims.hpp"
#include "api/error_table.hpp"
#include "api/exchange.hpp"
#include "api/link_header.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "base/timestamp.hpp"
#include "domain/history.hpp"
#include "domain/manifest_parser.hpp"
#include "listing/index.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <string>
#include <utility>

namespace gantry::api {

namespace {

/// An unknown repository has no manifests; clients look for "manifest unknown".
error manifest_failure(error failure, const reference& name) {
  return failure.code == errc::name_unknown || failure.code == errc::manifest_unknown
           ? fail(errc::manifest_unknown, to_string(name))
           : std::move(failure);
}

/// The memory that a manifest takes until it is stored: its bytes, and up to 1.5 times as many for
/// its parsed form.
constexpr std::uint64_t in_flight_for(std::uint64_t size) {
  return 5 * size / 2 + 4096;
}

/// Bytes of a manifest without a Content-Length that are read before it must wait for a large
/// share.
constexpr std::size_t unannounced = 32 * 1024;

/// An incoming manifest, and its claim on the bytes in flight.
struct held_manifest {
  byte_claim claim;
  std::string bytes;
};

/// Reads until `held` has `most` bytes or the body ends. While others wait for bytes, a silent body
/// is cut. Errors: those of the body.
boost::asio::awaitable<result<void>> read_up_to(exchange& ex, held_manifest& held,
                                                std::size_t most) {
  const auto share = ex.server.bytes.texts(held.claim.bytes());
  ex.peer.hold(*share, ex.settings->in_flight_patience);
  std::array<std::byte, 16 * 1024> piece;
  result<void> outcome;
  while (outcome && !ex.body.is_done() && held.bytes.size() < most) {
    auto space = std::span{piece}.first(std::min(piece.size(), most - held.bytes.size()));
    auto taken = co_await ex.body.read(space);
    if (taken)
      held.bytes.append(reinterpret_cast<const char*>(piece.data()), *taken);
    else
      outcome = to_error(std::move(taken).error());
  }
  ex.peer.hold_no_more();
  co_return outcome;
}

/// Reads the whole body, which must not exceed the limit for a manifest. It reads no byte before it
/// has claimed memory for it. A request that holds a small share may wait for a large one, but
/// never the reverse. Errors: payload_too_large, overloaded, those of the body.
boost::asio::awaitable<result<held_manifest>> read_manifest(exchange& ex) {
  const auto limit = ex.settings->max_manifest;
  const auto too_large = "a manifest has at most " + std::to_string(limit) + " bytes";
  const auto announced = ex.head.content_length();
  if (announced.value_or(0) > limit)
    co_return fail(errc::payload_too_large, too_large);
  const auto first = announced ? *announced : std::min<std::uint64_t>(limit, unannounced);
  const auto price = in_flight_for(first);
  auto claim = co_await claim_bytes(ex, ex.server.bytes.texts(price), price);
  if (!claim)
    co_return std::move(claim).error();
  held_manifest held{std::move(*claim), {}};
  held.bytes.reserve(first);
  if (auto came = co_await read_up_to(ex, held, first); !came)
    co_return std::move(came).error();
  if (ex.body.is_done())
    co_return held;
  const auto full_price = in_flight_for(limit);
  auto more = co_await claim_bytes(ex, ex.server.bytes.texts(full_price), full_price);
  if (!more)
    co_return std::move(more).error();
  ex.body.restart_clock(); // this wait was not the client's fault
  held.claim = std::move(*more);
  if (auto came = co_await read_up_to(ex, held, limit + 1); !came)
    co_return std::move(came).error();
  if (held.bytes.size() > limit)
    co_return fail(errc::payload_too_large, too_large);
  held.bytes.shrink_to_fit();
  co_return held;
}

/// The type that the client declares. Errors: media_type_unsupported.
result<std::optional<media_type>> read_content_type(const exchange& ex) {
  const auto field = ex.head.find(http::request_head::field::content_type);
  if (!field)
    return std::optional<media_type>{};
  auto parsed = media_type::parse(*field);
  if (parsed)
    return std::optional{std::move(*parsed)};
  if (ex.settings->validation.manifest == validation_policy::manifests::check)
    return std::move(parsed).error();
  return std::optional<media_type>{};
}

digest_algorithm algorithm_for(const reference& name) {
  const auto* wanted = std::get_if<digest>(&name);
  return wanted && wanted->algorithm() != digest_algorithm::verbatim ? wanted->algorithm()
                                                                     : digest_algorithm::sha256;
}

/// Bytes that are parsed before other connections of the thread get their turn: at worst a
/// millisecond's worth.
constexpr std::size_t bytes_a_turn = 64 * 1024;

/// Parses a large manifest in several turns. Errors: overloaded.
boost::asio::awaitable<result<byte_claim>> parse_in_turns(exchange& ex, manifest_parser& parser) {
  if (parser.left() <= bytes_a_turn)
    co_return byte_claim{};
  auto claim =
    co_await claim_bytes(ex, ex.server.bytes.parsing(), in_flight::parsing_factor * parser.left());
  while (claim && parser.left() > 0) {
    parser.advance(bytes_a_turn);
    co_await ex.peer.give_way();
  }
  co_return claim;
}

/// Errors: those of `manifest::parse`; digest_invalid if the reference is the digest of other
/// bytes.
result<manifest> finish(const exchange& ex, manifest_parser& parser, const reference& name) {
  const auto& policy = ex.settings->validation;
  const auto* wanted = std::get_if<digest>(&name);
  const auto trusted = policy.digest == validation_policy::digests::trust && wanted
                         ? std::optional{*wanted}
                         : std::nullopt;
  if (policy.manifest == validation_policy::manifests::accept)
    return parser.accept(trusted);
  if (wanted && parser.id() != *wanted)
    return fail(errc::digest_invalid, "the manifest has the digest " + parser.id().to_string());
  return parser.finish(policy.reference == validation_policy::references::reject
                         ? docker_config::required
                         : docker_config::optional);
}

/// Warns that clients cannot use what was stored, unless the policy is to be silent. RFC 9110 has
/// no code for this, but clients print 299.
void set_warning(const exchange& ex, response& reply, const manifest& value,
                 const missing_references& missing) {
  std::string text;
  if (!missing.named.empty())
    text = std::string{missing.stopped ? "at least " : ""} + std::to_string(missing.named.size()) +
           " of the blobs or manifests that this manifest names are not in the repository";
  if (value.lacks_config() &&
      ex.settings->validation.reference == validation_policy::references::warn)
    text += std::string{text.empty() ? "" : "; "} + "this manifest has no config";
  if (!text.empty())
    reply.set("Warning", "299 - \"" + text + '"');
}

/// What a tag pointed to at a moment. Errors: request_invalid (a digest is the same at any time),
/// manifest_unknown.
boost::asio::awaitable<result<history_entry>> find_entry(exchange& ex,
                                                         const get_manifest& request) {
  const auto* name = std::get_if<tag>(&request.name);
  if (!name)
    co_return fail(errc::request_invalid, "at: only a tag has a history");
  const auto then = render_timestamp(*request.at);
  msg::list_history list{
    {.name = *name, .before = *request.at + std::chrono::microseconds{1}, .limit = 1}};
  auto found = co_await call_repository(ex, request.repository, std::move(list));
  if (!found)
    co_return std::move(found).error();
  if (found->entries.items.empty())
    co_return fail(errc::manifest_unknown,
                   name->to_string() + " has no history as early as " + then);
  auto& entry = found->entries.items.front();
  if (!entry.after)
    co_return fail(errc::manifest_unknown, name->to_string() + " had been deleted at " + then);
  co_return std::move(entry);
}

/// A GET is a pull, also of what the client has already; a HEAD only looks.
void count_pull(const exchange& ex, const get_manifest& request) {
  if (ex.head.is_head())
    return;
  auto& pulls = ex.server.listing->pulls();
  const auto& repository = request.repository.to_string();
  const auto now = ex.server.services.now();
  if (const auto* name = std::get_if<tag>(&request.name))
    pulls.count(repository, name->to_string(), now);
  else
    pulls.count(repository, to_string(request.name), now);
}

/// `12; at=2026-01-31T12:00:00.123456Z`.
std::string entry_field(const history_entry& entry) {
  return std::to_string(entry.sequence) + "; at=" + render_timestamp(entry.at);
}

} // namespace

answer handle(exchange& ex, get_manifest request) {
  std::string from_history;
  if (request.at) {
    const auto entry = co_await find_entry(ex, request);
    if (!entry)
      co_return make_error_response(manifest_failure(entry.error(), request.name));
    request.name = *entry->after;
    from_history = entry_field(*entry);
  }
  msg::get_manifest open{request.name, ex.head.is_head()};
  auto found = co_await call_repository(ex, request.repository, std::move(open));
  if (!found)
    co_return make_error_response(manifest_failure(std::move(found).error(), request.name));
  if (!request.at)
    count_pull(ex, request);
  const auto& value = *found->value;
  auto reply = make_empty(is_not_modified(ex.head, value.id()) ? 304 : 200);
  set_identity(reply, value.id());
  if (!from_history.empty())
    reply.set("Gantry-History-Entry", from_history);
  reply.set("Cache-Control", "no-transform"); // clients need the length and the exact bytes
  if (reply.status == 304)
    co_return reply;
  reply.set("Content-Type", value.type().to_string());
  reply.content_length = value.bytes().size();
  reply.body = http::shared_bytes{found->value, value.bytes()};
  co_return reply;
}

answer handle(exchange& ex, put_manifest request) {
  auto held = co_await read_manifest(ex);
  if (!held)
    co_return make_error_response(held.error());
  auto type = read_content_type(ex);
  if (!type)
    co_return make_error_response(type.error());
  manifest_parser parser{std::move(held->bytes), std::move(*type), algorithm_for(request.name)};
  auto parsing = co_await parse_in_turns(ex, parser);
  if (!parsing)
    co_return make_error_response(parsing.error());
  auto parsed = finish(ex, parser, request.name);
  parsing->release();
  if (!parsed)
    co_return make_error_response(parsed.error());
  auto value = std::make_shared<const manifest>(std::move(*parsed));
  msg::put_manifest put{value, request.tags, changer_of(ex)};
  if (const auto* name = std::get_if<tag>(&request.name))
    put.tags = {*name};
  auto stored =
    co_await call_repository(ex, request.repository, std::move(put), absent_repository::create);
  if (!stored)
    co_return make_error_response(stored.error());
  auto reply = make_empty(201);
  reply.set("Location", link_to(ex, {"/v2/", request.repository.to_string(), "/manifests/",
                                     digest_in_path(value->id())}));
  set_digest(reply, value->id());
  for (const auto& name : request.tags)
    reply.set("OCI-Tag", name.to_string());
  if (value->subject() && ex.settings->referrers)
    reply.set("OCI-Subject", value->subject()->target.to_string());
  set_warning(ex, reply, *value, stored->missing);
  co_return reply;
}

answer handle(exchange& ex, delete_manifest request) {
  if (request.purge && std::holds_alternative<tag>(request.name))
    co_return make_error_response(
      fail(errc::request_invalid, "purge: a manifest is purged by its digest"));
  msg::delete_manifest remove{request.name, changer_of(ex), request.purge};
  auto gone = co_await call_repository(ex, request.repository, std::move(remove));
  if (!gone)
    co_return make_error_response(manifest_failure(std::move(gone).error(), request.name));
  co_return make_empty(202);
}

} // namespace gantry::api
