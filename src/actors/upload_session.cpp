#include "actors/upload_session.hpp"

#include "actors/dispatch.hpp"
#include "actors/repository.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace gantry {

namespace {

using session_pointer = upload_session_actor::stateful_pointer<upload_session_state>;
using session_promise = caf::typed_response_promise<msg::blob_reply>;

bool is_full(errc code) {
  return code == errc::insufficient_storage || code == errc::disk_full;
}

/// Nobody will come back to this upload.
void end(session_pointer self) {
  self->state.give_up();
  self->quit();
}

/// Publishes the verified bytes, then links them to the repository, then answers and ends.
void publish(session_pointer self, services& environment, const repository_actor& home,
             const digest& id, session_promise promise) {
  auto give_up = [self, promise](caf::error& failure) mutable {
    promise.deliver(to_caf(from_caf(failure)));
    self->quit();
  };
  // Without a timer: see docs/adr/0011.
  auto link = [self, home, promise, give_up](msg::blob_reply& published) {
    auto answer = [self, promise, published](const msg::done&) mutable {
      promise.deliver(std::move(published));
      self->quit();
    };
    self->request(home, caf::infinite, msg::link_blob{published.value}).then(answer, give_up);
  };
  msg::publish_blob request{msg::baton{self->state.take_sink()}, id};
  self->request(environment.blob_store(id), caf::infinite, std::move(request)).then(link, give_up);
}

caf::result<msg::blob_reply> finish(session_pointer self, services& environment,
                                    const repository_actor& home,
                                    const std::optional<digest>& wanted) {
  if (self->state.busy())
    return to_caf(fail(errc::upload_busy));
  auto promise = self->make_response_promise<session_promise>();
  auto id = self->state.verify(wanted);
  if (id) {
    publish(self, environment, home, *id, promise);
  } else {
    promise.deliver(to_caf(std::move(id).error()));
    end(self);
  }
  return promise;
}

upload_session_actor::behavior_type upload_session(session_pointer self, services* environment,
                                                   repository_actor home, upload_id id,
                                                   msg::baton<resumed_upload> start) {
  self->state.open(*environment, id, start.take());
  return {
    [self](const msg::begin_chunk& m) {
      return reply([&] { return self->state.begin(m.announced); });
    },
    [self](const msg::append_chunk& m) {
      return reply([&] {
        auto kept = self->state.append(m.bytes);
        // Full storage: what this upload holds is what others need.
        if (!kept && is_full(kept.error().code))
          end(self);
        return kept;
      });
    },
    [self](const msg::end_chunk& m) { return reply([&] { return self->state.end(m.complete); }); },
    [self, environment, home](const msg::finish_upload& m) {
      return finish(self, *environment, home, m.id);
    },
    [self](const msg::open_upload_status&) { return reply([&] { return self->state.status(); }); },
    [self](const msg::cancel_upload&) {
      end(self);
      return msg::done{};
    },
    [self](const msg::expire_upload& m) {
      if (self->state.is_expired(m.now))
        end(self);
    },
  };
}

} // namespace

upload_session_state::~upload_session_state() {
  if (id_)
    environment_->uploads.erase(*id_);
}

void upload_session_state::open(services& environment, const upload_id& id, resumed_upload start) {
  environment_ = &environment;
  id_ = id;
  repository_ = std::move(start.repository);
  sink_ = std::move(start.sink);
  hash_ = std::move(start.hash);
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

result<msg::done> upload_session_state::append(const msg::chunk& bytes) {
  last_used_ = environment_->now();
  if (!sink_)
    return fail(errc::upload_busy);
  if (!failed_)
    failed_ = take(bytes);
  return failed_ ? result<msg::done>{*failed_} : result<msg::done>{msg::done{}};
}

std::optional<error> upload_session_state::take(const msg::chunk& bytes) {
  auto progress = progress_;
  if (auto counted = progress.append(bytes.size); !counted)
    return std::move(counted).error();
  if (!replaying_) {
    if (auto kept = sink_->append(bytes.bytes()); !kept)
      return std::move(kept).error();
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

namespace {

using repository_pointer = repository_actor::stateful_pointer<repository_state>;

msg::upload_started spawn_session(repository_pointer parent, services& environment,
                                  const upload_id& id, resumed_upload start) {
  auto home = caf::actor_cast<repository_actor>(parent);
  auto session =
    parent->spawn(upload_session, &environment, home, id, msg::baton{std::move(start)});
  parent->monitor(session);
  parent->state.upload_opened();
  environment.uploads.insert(id, upload_entry{parent->state.repository(), session});
  return msg::upload_started{id, session};
}

} // namespace

result<msg::upload_started> start_upload(repository_pointer parent, services& environment,
                                         const msg::start_upload& request) {
  const auto id = upload_id::generate();
  auto sink = environment.engine.blobs().open_sink(id);
  if (!sink)
    return std::move(sink).error();
  resumed_upload start{parent->state.repository(), {}, hasher{request.algorithm}, std::move(*sink)};
  if (request.kept) {
    if (auto kept = start.sink->save(start.repository, start.position, start.hash); !kept)
      return std::move(kept).error();
  }
  return spawn_session(parent, environment, id, std::move(start));
}

result<msg::upload_started> resume_upload(repository_pointer parent, services& environment,
                                          const upload_id& id) {
  const auto unknown = fail(errc::upload_unknown, id.to_string());
  if (auto awake = environment.uploads.find(id)) {
    if (awake->repository == parent->state.repository())
      return msg::upload_started{id, std::move(awake->session)};
    return unknown;
  }
  auto resumed = environment.engine.blobs().resume_sink(id);
  if (!resumed)
    return std::move(resumed).error();
  const auto limit = environment.options.uploads.max_size;
  if (resumed->repository != parent->state.repository() ||
      (limit != 0 && resumed->position.offset > limit))
    return unknown;
  return spawn_session(parent, environment, id, std::move(*resumed));
}

} // namespace gantry
