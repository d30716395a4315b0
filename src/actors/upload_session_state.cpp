#include "actors/upload_session.hpp"

#include "actors/dispatch.hpp"

#include <cassert>
#include <tuple>
#include <utility>

namespace gantry {

bool is_full(errc code) {
  return code == errc::insufficient_storage || code == errc::disk_full;
}

upload_session_state::~upload_session_state() {
  if (id_)
    services_->uploads.erase(*id_);
}

void upload_session_state::open(registry_services& services, const upload_id& id,
                                resumed_upload start, counted place, last_use_ptr used) {
  services_ = &services;
  id_ = id;
  place_ = std::move(place);
  repository_ = std::move(start.repository);
  sink_.emplace(std::move(start.sink));
  expected_ = start.expected;
  hash_ = std::make_shared<hasher>(std::move(start.hash));
  progress_ = upload_progress{services.options.uploads, start.position};
  used_ = std::move(used);
  touch();
}

void upload_session_state::touch() {
  used_->touch(services_->now());
}

result<msg::chunk_reply> upload_session_state::begin(const chunk_announcement& chunk) {
  touch();
  if (!sink_ || ending_)
    return fail(errc::upload_busy);
  const bool replaces = progress_.busy();
  auto opened = progress_.begin(chunk, is_silent());
  if (!opened)
    return std::move(opened).error();
  if (replaces)
    std::ignore = save(); // as at the end of a chunk whose connection broke
  number_ = *opened;
  last_bytes_ = used_->at();
  final_ = chunk.final;
  failed_.reset();
  return msg::chunk_reply{number_};
}

bool upload_session_state::is_silent() const {
  return services_->now() - last_bytes_ >= services_->options.chunk_silence;
}

bool upload_session_state::busy() {
  if (progress_.busy() && is_silent())
    progress_.interrupt();
  return progress_.busy() || ending_ || !sink_;
}

msg::move_only<std::unique_ptr<blob_sink>> upload_session_state::take_sink() {
  auto sink = std::move(*sink_);
  sink_.reset();
  return sink;
}

bool upload_session_state::hashes_beside() const noexcept {
  return hashing_ > 0 || progress_.offset() >= services_->options.hash_beside;
}

result<msg::acknowledged> upload_session_state::append(const msg::append_chunk& part) {
  return append(part, true);
}

result<msg::acknowledged> upload_session_state::append_unhashed(const msg::append_chunk& part) {
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

result<msg::acknowledged> upload_session_state::append(const msg::append_chunk& part, bool hashed) {
  // Another chunk replaced this one, so its bytes are no sign of life.
  if (!sink_ || part.number != number_)
    return fail(errc::upload_busy);
  touch();
  last_bytes_ = used_->at();
  if (!failed_)
    failed_ = take(part, hashed);
  return failed_ ? result<msg::acknowledged>{*failed_}
                 : result<msg::acknowledged>{msg::acknowledged{}};
}

std::optional<error> upload_session_state::take(const msg::append_chunk& part, bool hashed) {
  auto progress = progress_;
  if (auto counted = progress.append(part.number, part.bytes.size); !counted)
    return std::move(counted).error();
  if (auto kept = sink_->get()->append(part.bytes.bytes()); !kept)
    return std::move(kept).error();
  if (hashed)
    hash_->update(part.bytes.bytes());
  progress_ = progress;
  return std::nullopt;
}

result<msg::upload_status> upload_session_state::end(const msg::end_chunk& request) {
  assert(hashing_ == 0);
  if (request.number != number_)
    return fail(errc::upload_busy);
  touch();
  auto closed = progress_.end(request.number, request.complete);
  if (!final_ || !request.complete || !closed) {
    // The offset that the client is told must survive a restart.
    if (auto kept = save(); !kept && closed)
      return std::move(kept).error();
  }
  if (!closed)
    return std::move(closed).error();
  return msg::upload_status{progress_.offset()};
}

result<msg::upload_status> upload_session_state::add(const msg::add_chunk& whole) {
  const auto begun = begin(whole.announced);
  if (!begun)
    return begun.error();
  auto kept = attempt([&] { return append({begun->number, whole.bytes}); });
  auto ended = end({begun->number, kept.has_value()});
  return kept ? ended : result<msg::upload_status>{std::move(kept).error()};
}

result<void> upload_session_state::save() {
  return sink_ ? sink_->get()->save(*repository_, progress_.position(), *hash_) : result<void>{};
}

void upload_session_state::give_up() noexcept {
  if (sink_)
    sink_->get()->discard();
  else if (id_)
    services_->engine.blobs().forget_upload(*id_);
}

void upload_session_state::refuse(const error& why) {
  services_->refused_uploads.remember(*id_, {*repository_, why}, services_->now());
}

result<msg::upload_status> upload_session_state::status() {
  touch();
  return msg::upload_status{progress_.offset()};
}

bool upload_session_state::begin_end(const std::optional<digest>& wanted,
                                     completion<msg::blob_reply> done) {
  touch();
  if (ending_ && wanted == wanted_) {
    waiting_.push_back(std::move(done));
    return false;
  }
  if (busy()) {
    done(fail(errc::upload_busy));
    return false;
  }
  ending_ = true;
  wanted_ = wanted;
  waiting_.push_back(std::move(done));
  return true;
}

void upload_session_state::finish(result<msg::blob_reply> outcome) {
  if (outcome)
    services_->finished_uploads.remember(*id_, {*repository_, outcome->value->id()},
                                         services_->now());
  else if (is_full(outcome.error().code))
    refuse(outcome.error());
  for (const auto& done : std::exchange(waiting_, {}))
    done(outcome);
}

std::optional<digest_algorithm>
upload_session_state::missing_hash(const std::optional<digest>& wanted) const {
  const bool trusting = services_->options.validation.digest == validation_policy::digests::trust;
  if (trusting || !wanted || wanted->algorithm() == hash_->algorithm())
    return std::nullopt;
  return wanted->algorithm();
}

result<digest> upload_session_state::verify(const std::optional<digest>& wanted,
                                            const hasher* anew) const {
  const bool trusting = services_->options.validation.digest == validation_policy::digests::trust;
  if (!wanted)
    return trusting ? result<digest>{hash_->peek()}
                    : result<digest>{fail(errc::digest_invalid, "no digest was given")};
  if (trusting)
    return *wanted;
  const auto actual = anew ? anew->peek() : hash_->peek();
  if (actual != *wanted)
    return fail(errc::digest_invalid,
                "the bytes have the digest " + actual.to_string() + ", not " + wanted->to_string());
  return actual;
}

void upload_session_state::begin_preparing() {
  preparing_ = true;
  ++hashing_;
}

result<void> upload_session_state::accept(std::shared_ptr<hasher> anew) {
  if (expected_ && anew->peek() != *expected_)
    return fail(errc::upload_unknown, id_->to_string());
  hash_ = std::move(anew);
  preparing_ = false;
  return {};
}

bool upload_session_state::is_expired(time_point now) const {
  // An open chunk that brings nothing does not count as use: its client is gone.
  return !ending_ && hashing_ == 0 && now - used_->at() >= services_->options.upload_expiry;
}

} // namespace gantry
