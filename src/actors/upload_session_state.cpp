#include "actors/upload_session.hpp"

#include <cassert>
#include <tuple>
#include <utility>

namespace gantry {

upload_session_state::~upload_session_state() {
  if (id_)
    environment_->uploads.erase(*id_);
}

void upload_session_state::open(services& environment, const upload_id& id, resumed_upload start) {
  environment_ = &environment;
  id_ = id;
  repository_ = std::move(start.repository);
  sink_ = std::move(start.sink);
  hash_ = std::make_shared<hasher>(std::move(start.hash));
  progress_ = upload_progress{environment.options.uploads, start.position};
  last_used_ = environment.now();
}

result<msg::chunk_reply> upload_session_state::begin(const chunk_announcement& chunk) {
  last_used_ = environment_->now();
  if (!sink_)
    return fail(errc::upload_busy);
  const bool replaces = progress_.busy();
  auto opened = progress_.begin(chunk, is_silent());
  if (!opened)
    return std::move(opened).error();
  if (replaces)
    std::ignore = save(); // as at the end of a chunk whose connection broke
  number_ = *opened;
  last_bytes_ = last_used_;
  final_ = chunk.final;
  failed_.reset();
  return msg::chunk_reply{number_};
}

bool upload_session_state::is_silent() const {
  return environment_->now() - last_bytes_ >= environment_->options.chunk_silence;
}

bool upload_session_state::busy() {
  if (progress_.busy() && is_silent())
    progress_.interrupt();
  return progress_.busy() || !sink_;
}

bool upload_session_state::hashes_beside() const noexcept {
  return hashing_ > 0 || progress_.offset() >= environment_->options.hash_beside;
}

result<msg::done> upload_session_state::append(const msg::append_chunk& part) {
  return append(part, true);
}

result<msg::done> upload_session_state::append_unhashed(const msg::append_chunk& part) {
  assert(hashes_beside());
  auto kept = append(part, false);
  if (kept)
    ++hashing_;
  return kept;
}

void upload_session_state::hash_ended() {
  assert(hashing_ > 0);
  if (--hashing_ > 0)
    return;
  for (const auto& next : std::exchange(when_hashed_, {}))
    next();
}

result<msg::done> upload_session_state::append(const msg::append_chunk& part, bool hashed) {
  // Another chunk took its place: what it brings is no sign of life.
  if (!sink_ || part.number != number_)
    return fail(errc::upload_busy);
  last_used_ = last_bytes_ = environment_->now();
  if (!failed_)
    failed_ = take(part, hashed);
  return failed_ ? result<msg::done>{*failed_} : result<msg::done>{msg::done{}};
}

std::optional<error> upload_session_state::take(const msg::append_chunk& part, bool hashed) {
  auto progress = progress_;
  if (auto counted = progress.append(part.number, part.bytes.size); !counted)
    return std::move(counted).error();
  if (auto kept = sink_->append(part.bytes.bytes()); !kept)
    return std::move(kept).error();
  if (hashed)
    hash_->update(part.bytes.bytes());
  progress_ = progress;
  return std::nullopt;
}

result<msg::upload_status> upload_session_state::end(const msg::end_chunk& request) {
  if (request.number != number_)
    return fail(errc::upload_busy);
  last_used_ = environment_->now();
  auto closed = progress_.end(request.number, request.complete);
  if (!final_ || !request.complete || !closed) {
    // What the client is told about must still be there after a restart.
    if (auto kept = save(); !kept && closed)
      return std::move(kept).error();
  }
  if (!closed)
    return std::move(closed).error();
  return msg::upload_status{progress_.offset()};
}

result<void> upload_session_state::save() {
  return sink_ ? sink_->save(*repository_, progress_.position(), *hash_) : result<void>{};
}

void upload_session_state::give_up() noexcept {
  if (sink_)
    sink_->discard();
}

result<msg::upload_status> upload_session_state::status() {
  last_used_ = environment_->now();
  return msg::upload_status{progress_.offset()};
}

result<digest> upload_session_state::verify(const std::optional<digest>& wanted) {
  if (!sink_)
    return fail(errc::upload_busy);
  const bool trusting =
    environment_->options.validation.digest == validation_policy::digests::trust;
  if (!wanted)
    return trusting ? result<digest>{hash_->peek()}
                    : result<digest>{fail(errc::digest_invalid, "no digest was given")};
  if (trusting)
    return *wanted;
  auto actual = wanted->algorithm() == hash_->algorithm() ? result<digest>{hash_->peek()}
                                                          : sink_->hash(wanted->algorithm());
  if (actual && *actual != *wanted)
    return fail(errc::digest_invalid, "the bytes have the digest " + actual->to_string() +
                                        ", not " + wanted->to_string());
  return actual;
}

bool upload_session_state::is_expired(time_point now) const {
  // An open chunk that brings nothing is no use: whoever opened it is gone.
  return now - last_used_ >= environment_->options.upload_expiry;
}

} // namespace gantry
