#include "actors/upload_session.hpp"

#include "actors/dispatch.hpp"

#include <cassert>
#include <tuple>
#include <utility>

namespace gantry {

bool is_full(errc code) {
  return code == errc::insufficient_storage || code == errc::disk_full ||
         code == errc::quota_exceeded;
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

upload_session_state::opened_chunk upload_session_state::begin(const chunk_announcement& chunk) {
  assert(hashing_ == 0);
  touch();
  if (!sink_ || ending_)
    return {fail(errc::upload_busy)};
  const bool replaces = progress_.busy();
  auto opened = progress_.begin(chunk, is_silent());
  if (!opened)
    return {std::move(opened).error()};
  number_ = *opened;
  last_bytes_ = used_->at();
  final_ = chunk.final;
  failed_.reset();
  return {msg::chunk_reply{number_}, replaces};
}

bool upload_session_state::is_silent() const {
  return services_->now() - last_bytes_ >= services_->options.chunk_silence;
}

bool upload_session_state::busy() {
  if (progress_.busy() && is_silent())
    progress_.interrupt();
  return progress_.busy() || ending_ || !sink_;
}

msg::move_only<sink_ptr> upload_session_state::take_sink() {
  auto sink = std::move(*sink_);
  sink_.reset();
  return sink;
}

bool upload_session_state::hashes_beside() const noexcept {
  return hashing_ > 0 || progress_.offset() >= services_->options.hash_beside;
}

void upload_session_state::hash_ended() {
  assert(hashing_ > 0);
  --hashing_;
  run_waiting();
}

void upload_session_state::call_started() {
  assert(!storing_ && sink_);
  storing_ = true;
}

void upload_session_state::run_waiting() {
  if (std::exchange(running_, true))
    return; // called by work that this is running
  while (!turns_.empty() && may_run(turns_.front().when)) {
    const auto next = std::move(turns_.front().run);
    turns_.pop_front();
    next();
  }
  running_ = false;
}

result<void> upload_session_state::admit(const msg::append_chunk& part) {
  // Another chunk replaced this one, so its bytes are no sign of life.
  if (!sink_ || part.number != number_)
    return fail(errc::upload_busy);
  touch();
  last_bytes_ = used_->at();
  if (!failed_) {
    auto progress = progress_;
    if (auto counted = progress.append(part.number, part.bytes.size); !counted)
      failed_ = std::move(counted).error();
  }
  return failed_ ? result<void>{*failed_} : result<void>{};
}

result<msg::acknowledged> upload_session_state::stored(const msg::append_chunk& part,
                                                       result<void> outcome, bool hashed) {
  assert(hashed || hashes_beside());
  if (!outcome) {
    failed_ = std::move(outcome).error();
    return *failed_;
  }
  std::ignore = progress_.append(part.number, part.bytes.size);
  if (hashed)
    hash_->update(part.bytes.bytes());
  else
    ++hashing_;
  return msg::acknowledged{};
}

upload_session_state::closed_chunk upload_session_state::close(const msg::end_chunk& request) {
  assert(hashing_ == 0);
  if (request.number != number_)
    return {fail(errc::upload_busy)};
  touch();
  const auto closed = progress_.end(request.number, request.complete);
  const bool must_save = sink_ && (!final_ || !request.complete || !closed);
  if (!closed)
    return {closed.error(), must_save};
  return {msg::upload_status{progress_.offset()}, must_save};
}

void upload_session_state::save(completion<void> done) {
  assert(sink_);
  sink_->get()->save(*repository_, progress_.position(), *hash_, std::move(done));
}

void upload_session_state::give_up() noexcept {
  if (sink_)
    sink_->get()->discard();
  else if (id_)
    services_->engine.uploads().forget_upload(*id_);
}

void upload_session_state::leave() {
  left_because_ = refused_because_ ? *refused_because_ : fail(errc::unavailable);
  run_waiting();
}

void upload_session_state::refuse(const error& why) {
  refused_because_ = why;
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
  return !ending_ && hashing_ == 0 && !storing_ &&
         now - used_->at() >= services_->options.upload_expiry;
}

} // namespace gantry
