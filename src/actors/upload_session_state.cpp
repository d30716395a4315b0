#include "actors/upload_session.hpp"

#include <cassert>
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
  auto grant = progress_.begin(chunk);
  if (!grant)
    return std::move(grant).error();
  replaying_ = *grant == chunk_grant::replay;
  final_ = chunk.final;
  failed_.reset();
  return msg::chunk_reply{*grant};
}

bool upload_session_state::hashes_beside() const noexcept {
  return !replaying_ && (hashing_ > 0 || progress_.offset() >= environment_->options.hash_beside);
}

result<msg::done> upload_session_state::append(const msg::chunk& bytes) {
  return append(bytes, true);
}

result<msg::done> upload_session_state::append_unhashed(const msg::chunk& bytes) {
  assert(hashes_beside());
  auto kept = append(bytes, false);
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

result<msg::done> upload_session_state::append(const msg::chunk& bytes, bool hashed) {
  last_used_ = environment_->now();
  if (!sink_)
    return fail(errc::upload_busy);
  if (!failed_)
    failed_ = take(bytes, hashed);
  return failed_ ? result<msg::done>{*failed_} : result<msg::done>{msg::done{}};
}

std::optional<error> upload_session_state::take(const msg::chunk& bytes, bool hashed) {
  auto progress = progress_;
  if (auto counted = progress.append(bytes.size); !counted)
    return std::move(counted).error();
  if (!replaying_) {
    if (auto kept = sink_->append(bytes.bytes()); !kept)
      return std::move(kept).error();
    if (hashed)
      hash_->update(bytes.bytes());
  }
  progress_ = progress;
  return std::nullopt;
}

result<msg::upload_status> upload_session_state::end(bool complete) {
  last_used_ = environment_->now();
  auto closed = progress_.end(complete);
  if (!final_ || !complete || !closed) {
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
