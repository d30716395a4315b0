// Uploads: opened, fed in one piece, as a stream or in chunks, finished or cancelled; and mounts,
// which need no bytes.
#include "api/authorisation.hpp"
#include "api/call.hpp"
#include "api/exchange.hpp"
#include "api/link_header.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "api/upload_limit.hpp"
#include "api/upload_stream.hpp"
#include "http/range.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace gantry::api {

namespace {

std::string blob_location(const exchange& ex, const repository_name& repository, const digest& id) {
  return link_to(ex, {"/v2/", repository.to_string(), "/blobs/", digest_in_path(id)});
}

void set_upload_fields(const exchange& ex, response& reply, const repository_name& repository,
                       const upload_id& id, std::uint64_t offset) {
  const auto uuid = id.to_string();
  reply.set("Location", link_to(ex, {"/v2/", repository.to_string(), "/blobs/uploads/", uuid}));
  reply.set("Range", upload_range(offset));
  reply.set("Docker-Upload-UUID", uuid);
}

response created(const exchange& ex, const repository_name& repository, const digest& id) {
  auto reply = make_empty(201);
  reply.set("Location", blob_location(ex, repository, id));
  set_digest(reply, id);
  return reply;
}

/// 201 for a blob that this request has pushed.
response pushed(exchange& ex, const repository_name& repository, const blob& made) {
  ex.server.pushed_blobs.observe(made.size(), telemetry::size_buckets);
  return created(ex, repository, made.id());
}

/// The error for an upload that is not open: the one that it was refused with, or upload_unknown.
error closed_failure(const exchange& ex, const repository_name& repository, const upload_id& id) {
  const auto closed = ex.server.services.find_closed(id, repository);
  const auto* refused = closed ? std::get_if<error>(&closed->outcome) : nullptr;
  return refused ? *refused : fail(errc::upload_unknown, id.to_string());
}

/// The session of an upload; an upload of an earlier process is resumed. Errors: upload_unknown,
/// also for an upload of another repository; the error that the upload was refused with; those of
/// `resume_upload`.
boost::asio::awaitable<result<upload_session_actor>>
find_session(exchange& ex, const repository_name& repository, const upload_id& id) {
  auto entry = ex.server.services.uploads.find(id);
  if (entry && entry->repository == repository)
    co_return std::move(entry->session);
  if (ex.server.services.find_closed(id, repository))
    co_return closed_failure(ex, repository, id);
  msg::resume_upload resume{id};
  auto resumed =
    co_await call_repository(ex, repository, std::move(resume), absent_repository::create);
  if (!resumed)
    co_return std::move(resumed).error();
  co_return std::move(resumed->session);
}

/// A session that ended between look-up and request counts as not found.
error session_failure(const exchange& ex, error failure, const repository_name& repository,
                      const upload_id& id) {
  return failure.code == errc::unavailable ? closed_failure(ex, repository, id)
                                           : std::move(failure);
}

/// The blob that an upload became, for a client that missed the answer to the PUT that ended it. A
/// repeated PUT needs only an id that was issued for the repository and a blob that exists. Errors:
/// upload_unknown, and those of `get_blob`.
boost::asio::awaitable<result<digest>> find_finished(exchange& ex, const finish_upload& request) {
  auto unknown = fail(errc::upload_unknown, request.upload.to_string());
  const auto closed = ex.server.services.find_closed(request.upload, request.repository);
  const auto* became = closed ? std::get_if<digest>(&closed->outcome) : nullptr;
  const auto id = became && !request.id ? std::optional{*became} : request.id;
  const bool is_same = became
                         ? *became == *id
                         : !closed && request.upload.was_issued_for(request.repository.to_string());
  if (!id || !is_same)
    co_return unknown;
  msg::get_blob open{*id, true};
  auto found = co_await call_repository(ex, request.repository, std::move(open));
  if (found)
    co_return *id;
  const auto code = found.error().code;
  const bool absent = code == errc::blob_unknown || code == errc::name_unknown;
  co_return absent ? unknown : std::move(found).error();
}

/// The answer to a PUT that found no session.
answer repeat_finish(exchange& ex, const finish_upload& request, error failure) {
  if (failure.code == errc::upload_unknown) {
    const auto finished = co_await find_finished(ex, request);
    if (finished)
      co_return created(ex, request.repository, *finished);
    failure = finished.error();
  }
  co_return make_error_response(failure);
}

/// What the request says about its body. Errors: chunk_out_of_order.
result<chunk_announcement> announce(const http::request_head& head, bool final) {
  chunk_announcement announced{{}, head.content_length(), final};
  if (const auto field = head.find(http::request_head::field::content_range)) {
    auto range = http::parse_content_range(*field);
    if (!range)
      return fail(errc::chunk_out_of_order, range.error().detail);
    announced.range = *range;
  }
  return announced;
}

/// The answer for an error. If the error leaves the upload unchanged, the answer carries the
/// offset, so that the client can continue there.
boost::asio::awaitable<response> upload_error(exchange& ex, const repository_name& repository,
                                              const upload_id& id,
                                              const upload_session_actor& session, error failure) {
  auto reply = make_error_response(session_failure(ex, std::move(failure), repository, id));
  if (reply.status != 416)
    co_return reply;
  auto standing = co_await call(ex, session, msg::get_upload_status{});
  if (standing)
    set_upload_fields(ex, reply, repository, id, standing->offset);
  co_return reply;
}

/// The repositories that are looked at for one that has a blob and that the client may read.
constexpr std::size_t names_at_once = 100;
constexpr int name_pages = 10;

/// A repository that links the blob and that the client may read, if it is among the first ones.
boost::asio::awaitable<std::optional<repository_name>> find_readable(exchange& ex,
                                                                     const digest& id) {
  page_request page{names_at_once, {}};
  for (int i = 0; i < name_pages; ++i) {
    msg::list_linking list{id, page};
    const auto found = co_await call(ex, ex.server.services.blob_store(id), std::move(list));
    if (!found)
      break;
    for (const auto& each : found->names.items)
      if (may_pull(ex, each))
        co_return each;
    if (!found->names.more)
      break;
    page.last = found->names.items.back().to_string();
  }
  co_return std::nullopt;
}

/// The blob that is to be mounted, leased. Without `from`, any repository will do that the client
/// may read. Errors: blob_unknown, also if the client may not read it.
boost::asio::awaitable<result<msg::blob_reply>> find_source(exchange& ex, const digest& id,
                                                            std::optional<repository_name> from) {
  if (!from && may_pull_everywhere(ex)) {
    msg::find_blob find{id};
    co_return co_await call(ex, ex.server.services.blob_store(id), std::move(find));
  }
  if (!from)
    from = co_await find_readable(ex, id);
  if (!from || !may_pull(ex, *from))
    co_return fail(errc::blob_unknown, id.to_string());
  msg::get_blob open{id, true};
  co_return co_await call_repository(ex, *from, std::move(open));
}

enum class mounting { done, impossible };

/// Mounts the blob. If that does not work, the client uploads instead. The same holds if the client
/// may not read the source, whether the blob is there or not. Errors: quota_exceeded, because an
/// upload would need the same room.
boost::asio::awaitable<result<mounting>> mount(exchange& ex, const start_upload& request) {
  if (!request.mount || (request.from_given && !request.from))
    co_return mounting::impossible;
  auto source = co_await find_source(ex, *request.mount, request.from);
  if (!source)
    co_return mounting::impossible;
  msg::link_blob link{std::move(source->value)};
  auto linked =
    co_await call_repository(ex, request.repository, std::move(link), absent_repository::create);
  if (!linked && linked.error().code == errc::quota_exceeded)
    co_return std::move(linked).error();
  co_return linked ? mounting::done : mounting::impossible;
}

/// Takes the whole blob from the body of the POST that opened the upload. If this fails, nothing is
/// left behind.
answer finish_at_once(exchange& ex, const start_upload& request, const msg::upload_started& upload,
                      upload_limit limit) {
  const chunk_announcement announced{{}, ex.head.content_length(), true};
  auto published = co_await stream_last_chunk(ex, upload.session, announced, request.id, limit);
  if (!published) {
    auto ignored = co_await call(ex, upload.session, msg::cancel_upload{});
    co_return make_error_response(published.error());
  }
  co_return pushed(ex, request.repository, *published->value);
}

/// Errors: chunk_out_of_order, those of `limit_open_upload` and of `stream_last_chunk`.
boost::asio::awaitable<result<msg::blob_reply>> finish(exchange& ex, const finish_upload& request,
                                                       const upload_session_actor& session) {
  const auto announced = announce(ex.head, true);
  if (!announced)
    co_return announced.error();
  const open_upload asked{request.repository, session, *announced, request.id};
  const auto limit = co_await limit_open_upload(ex, asked);
  if (!limit)
    co_return limit.error();
  if (!ex.head.has_body() && !ex.head.find(http::request_head::field::content_range)) {
    msg::finish_upload end{request.id};
    co_return co_await call(ex, session, std::move(end));
  }
  co_return co_await stream_last_chunk(ex, session, *announced, request.id, *limit);
}

/// Errors: those of `limit_open_upload` and of `stream_chunk`.
boost::asio::awaitable<result<msg::upload_status>> append(exchange& ex,
                                                          const append_upload& request,
                                                          const upload_session_actor& session,
                                                          chunk_announcement announced) {
  const open_upload asked{request.repository, session, announced};
  const auto limit = co_await limit_open_upload(ex, asked);
  if (!limit)
    co_return limit.error();
  co_return co_await stream_chunk(ex, session, announced, *limit);
}

/// What the POST brings, or a byte of what it announces.
upload_bytes bytes_of(const exchange& ex, const start_upload& request) {
  return {.coming = request.id ? announced_bytes(ex) : 1};
}

} // namespace

answer handle(exchange& ex, start_upload request) {
  const auto mounted = co_await mount(ex, request);
  if (!mounted)
    co_return make_error_response(mounted.error());
  if (*mounted == mounting::done)
    co_return created(ex, request.repository, *request.mount);
  upload_limit limit;
  if (ex.server.storage_quotas) {
    const auto& id = request.id ? request.id : request.mount;
    const auto room = co_await limit_upload(ex, request.repository, bytes_of(ex, request), id);
    if (!room)
      co_return make_error_response(room.error());
    limit = *room;
  }
  auto algorithm = request.algorithm.value_or(digest_algorithm::sha256);
  if (request.id && !request.algorithm && request.id->algorithm() == digest_algorithm::sha512)
    algorithm = digest_algorithm::sha512;
  msg::start_upload start{algorithm, !request.id};
  auto upload = co_await call_repository(ex, request.repository, start, absent_repository::create);
  if (!upload)
    co_return make_error_response(upload.error());
  if (request.id)
    co_return co_await finish_at_once(ex, request, *upload, limit);
  auto reply = make_empty(202);
  set_upload_fields(ex, reply, request.repository, upload->id, 0);
  if (const auto least = ex.settings->chunk_min_length; least > 0)
    reply.set("OCI-Chunk-Min-Length", std::to_string(least));
  co_return reply;
}

answer handle(exchange& ex, upload_status request) {
  auto session = co_await find_session(ex, request.repository, request.upload);
  if (!session)
    co_return make_error_response(session.error());
  auto standing = co_await call(ex, *session, msg::get_upload_status{});
  if (!standing)
    co_return make_error_response(
      session_failure(ex, std::move(standing).error(), request.repository, request.upload));
  auto reply = make_empty(204);
  set_upload_fields(ex, reply, request.repository, request.upload, standing->offset);
  co_return reply;
}

answer handle(exchange& ex, append_upload request) {
  auto session = co_await find_session(ex, request.repository, request.upload);
  if (!session)
    co_return make_error_response(session.error());
  const auto announced = announce(ex.head, false);
  if (!announced)
    co_return co_await upload_error(ex, request.repository, request.upload, *session,
                                    announced.error());
  auto streamed = co_await append(ex, request, *session, *announced);
  if (!streamed)
    co_return co_await upload_error(ex, request.repository, request.upload, *session,
                                    std::move(streamed).error());
  auto reply = make_empty(202);
  set_upload_fields(ex, reply, request.repository, request.upload, streamed->offset);
  co_return reply;
}

answer handle(exchange& ex, finish_upload request) {
  const auto trusting = ex.settings->validation.digest == validation_policy::digests::trust;
  auto session = co_await find_session(ex, request.repository, request.upload);
  if (session && !request.id && !trusting)
    co_return make_error_response(fail(errc::digest_invalid, "the digest parameter is missing"));
  if (!session)
    co_return co_await repeat_finish(ex, request, std::move(session).error());
  auto published = co_await finish(ex, request, *session);
  if (published)
    co_return pushed(ex, request.repository, *published->value);
  auto failure =
    session_failure(ex, std::move(published).error(), request.repository, request.upload);
  if (failure.code == errc::upload_unknown)
    co_return co_await repeat_finish(ex, request, std::move(failure));
  co_return co_await upload_error(ex, request.repository, request.upload, *session,
                                  std::move(failure));
}

answer handle(exchange& ex, cancel_upload request) {
  auto session = co_await find_session(ex, request.repository, request.upload);
  if (!session)
    co_return make_error_response(session.error());
  auto gone = co_await call(ex, *session, msg::cancel_upload{});
  if (!gone)
    co_return make_error_response(
      session_failure(ex, std::move(gone).error(), request.repository, request.upload));
  co_return make_empty(204);
}

} // namespace gantry::api
