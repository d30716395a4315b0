#include "actors/upload_session.hpp"

#include "actors/digester.hpp"
#include "actors/dispatch.hpp"
#include "actors/repository.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace gantry {

namespace {

using session_pointer = upload_session_actor::stateful_pointer<upload_session_state>;
using session_promise = caf::typed_response_promise<msg::blob_reply>;

/// A repository outlives its uploads and keeps a list of its monitors. Without this, each upload
/// would leave an entry behind.
void leave(session_pointer self) {
  self->demonitor(self->state.home());
  self->quit();
}

/// Ends the session for good: the client will not come back to this upload.
void end(session_pointer self) {
  self->state.give_up();
  leave(self);
}

/// If storage is full, others need the bytes of this upload. Further requests for it get the same
/// answer.
void end_if_full(session_pointer self, errc code, const std::string& detail) {
  if (!is_full(code))
    return;
  self->state.refuse(fail(code, detail));
  end(self);
}

template <class Reply>
result<Reply> unless_full(session_pointer self, result<Reply> outcome) {
  if (!outcome)
    end_if_full(self, outcome.error().code, outcome.error().detail);
  return outcome;
}

/// The end of the upload failed: its bytes are freed, unless the registry is just stopping.
void fail_end(session_pointer self, error why) {
  const bool stops = why.code == errc::unavailable && self->state.sink();
  self->state.finish(std::move(why));
  if (stops)
    leave(self);
  else
    end(self);
}

/// A hash of all bytes of an upload.
struct whole_hash {
  std::shared_ptr<hasher> running;
  std::uint64_t size;
  std::function<void(result<std::shared_ptr<hasher>>)> done;
  std::uint64_t offset = 0;
};

void hash_beside(session_pointer self, registry_services* services,
                 std::shared_ptr<whole_hash> job);

/// Has a digester hash one part after another; it serves others in between.
void hash_next_part(session_pointer self, registry_services* services,
                    const std::shared_ptr<whole_hash>& job, const digester_actor& beside) {
  const auto length = std::min(services->options.hash_part, job->size - job->offset);
  auto hashed = [=](const msg::acknowledged&) {
    job->offset += length;
    hash_beside(self, services, job);
  };
  auto failed = [=](caf::error& failure) { job->done(from_caf(failure)); };
  msg::hash_part part{job->running, *self->state.sink(), job->offset, length};
  services->hashed_by_digesters += length;
  self->request(beside, caf::infinite, std::move(part)).then(hashed, failed);
}

void hash_beside(session_pointer self, registry_services* services,
                 std::shared_ptr<whole_hash> job) {
  if (job->offset == job->size)
    return job->done(job->running);
  const auto beside = services->digester(self->state.id());
  if (!beside)
    return job->done(fail(errc::unavailable)); // the registry is stopping
  hash_next_part(self, services, job, beside);
}

void hash_here(session_pointer self, registry_services* services, const whole_hash& job) {
  services->hashed_in_place += job.size;
  services->hashed_by_sessions += job.size;
  const msg::hash_part all{job.running, *self->state.sink(), 0, job.size};
  const auto hashed = attempt([&] { return hash_part(all); });
  job.done(hashed ? result<std::shared_ptr<hasher>>{job.running}
                  : result<std::shared_ptr<hasher>>{hashed.error()});
}

/// Hashes all bytes with `algorithm`: here if they are few, otherwise off the connections' threads.
/// The bytes must not change meanwhile.
void hash_whole(session_pointer self, registry_services* services, digest_algorithm algorithm,
                std::function<void(result<std::shared_ptr<hasher>>)> done) {
  const auto size = self->state.sink()->get()->size();
  auto job = std::make_shared<whole_hash>(
    whole_hash{std::make_shared<hasher>(algorithm), size, std::move(done)});
  if (services->digesters.empty() || size <= services->options.hash_part)
    hash_here(self, services, *job);
  else
    hash_beside(self, services, std::move(job));
}

/// Publishes the verified bytes, then links them to the repository, then answers and ends.
void publish(session_pointer self, registry_services& services, const repository_actor& home,
             const digest& id) {
  auto give_up = [self](caf::error& failure) { fail_end(self, from_caf(failure)); };
  // Without a timer: see docs/adr/0011.
  auto link = [self, &services, home, give_up](msg::blob_reply& published) {
    auto answer = [self, &services, published](const msg::acknowledged&) {
      // The link is on the disk, so what was saved is no longer needed.
      services.engine.blobs().forget_upload(self->state.id());
      self->state.finish(published);
      leave(self);
    };
    msg::link_blob request{published.value, self->state.asked_by()};
    self->request(home, caf::infinite, std::move(request)).then(answer, give_up);
  };
  msg::publish_blob request{self->state.take_sink(), id, self->state.asked_by()};
  self->request(services.blob_store(id), caf::infinite, std::move(request)).then(link, give_up);
}

void verify_and_publish(session_pointer self, registry_services& services,
                        const repository_actor& home, const std::optional<digest>& wanted,
                        const hasher* anew) {
  auto id = self->state.verify(wanted, anew);
  if (id)
    publish(self, services, home, *id);
  else
    fail_end(self, std::move(id).error());
}

result<msg::upload_status> add(session_pointer self, const msg::add_chunk& whole) {
  return unless_full(self, attempt([&] { return self->state.add(whole); }));
}

void finish(session_pointer self, registry_services* services, const repository_actor& home,
            const msg::finish_upload& request, const session_promise& promise) {
  if (request.last) {
    services->hashed_by_sessions += request.last->bytes.size;
    if (auto added = add(self, *request.last); !added)
      return deliver<msg::blob_reply>(promise, std::move(added).error());
  }
  const auto& wanted = request.id;
  auto answer = [promise](result<msg::blob_reply> outcome) {
    deliver(promise, std::move(outcome));
  };
  if (!self->state.begin_end(wanted, answer))
    return;
  self->state.ask_by(request.part_of);
  const auto algorithm = self->state.missing_hash(wanted);
  if (!algorithm)
    return verify_and_publish(self, *services, home, wanted, nullptr);
  auto hashed = [=](const result<std::shared_ptr<hasher>>& anew) {
    if (anew)
      verify_and_publish(self, *services, home, wanted, anew->get());
    else
      fail_end(self, anew.error());
  };
  hash_whole(self, services, *algorithm, hashed);
}

/// Hashes an upload that was resumed without its hash. All other requests wait for this.
void prepare(session_pointer self, registry_services* services, digest_algorithm algorithm) {
  self->state.begin_preparing();
  auto hashed = [self](result<std::shared_ptr<hasher>> anew) {
    if (anew && self->state.accept(std::move(*anew)))
      self->state.hash_ended();
    else if (!anew && anew.error().code == errc::unavailable)
      leave(self); // what was saved stays
    else
      end(self);
  };
  hash_whole(self, services, algorithm, hashed);
}

caf::result<msg::acknowledged> append(session_pointer self, const msg::append_chunk& part) {
  return reply([&] { return unless_full(self, self->state.append(part)); });
}

/// Answers when the bytes are stored and hashed.
caf::result<msg::acknowledged> append_beside(session_pointer self, const digester_actor& beside,
                                             const msg::append_chunk& part) {
  auto promise = self->make_response_promise<caf::typed_response_promise<msg::acknowledged>>();
  auto kept = attempt([&] { return self->state.append_unhashed(part); });
  if (!kept) {
    // Answer first, because the end of the session answers everything that waits for a digester.
    deliver(promise, kept);
    end_if_full(self, kept.error().code, kept.error().detail);
    return promise;
  }
  auto hashed = [self, promise](const msg::acknowledged& done) mutable {
    promise.deliver(done);
    self->state.hash_ended();
  };
  // The bytes may be in the hash or not, so this upload cannot be finished.
  auto give_up = [self, promise](caf::error& failure) mutable {
    promise.deliver(to_caf(from_caf(failure)));
    end(self);
  };
  self->request(beside, caf::infinite, msg::hash_chunk{self->state.running_hash(), part.bytes})
    .then(hashed, give_up);
  return promise;
}

/// Runs `work` after the bytes that are being hashed: those of a chunk whose connection broke.
template <class Work>
void once_hashed(session_pointer self, Work work) {
  if (self->state.hashing())
    self->state.when_hashed(std::move(work));
  else
    work();
}

/// Runs `work` as `once_hashed` does, and replies with its result.
template <class Work>
auto reply_once_hashed(session_pointer self, Work work) -> decltype(reply(work)) {
  using reply_type = typename decltype(work())::value_type;
  if (!self->state.hashing())
    return reply(work);
  auto promise = self->make_response_promise<caf::typed_response_promise<reply_type>>();
  self->state.when_hashed([promise, work] { deliver(promise, attempt(work)); });
  return promise;
}

caf::result<msg::acknowledged> append_somewhere(session_pointer self, registry_services* services,
                                                const msg::append_chunk& part) {
  const auto beside =
    self->state.hashes_beside() ? services->digester(self->state.id()) : digester_actor{};
  auto& hashed = beside ? services->hashed_by_digesters : services->hashed_by_sessions;
  hashed += part.bytes.size;
  if (!self->state.hashes_beside())
    return append(self, part);
  if (beside)
    return append_beside(self, beside, part);
  if (!self->state.hashing())
    return append(self, part);
  end(self); // the registry is stopping
  return to_caf(fail(errc::unavailable));
}

caf::result<msg::acknowledged> cancel(session_pointer self) {
  if (self->state.ending())
    return to_caf(fail(errc::upload_busy));
  // If a digester is reading the bytes, it needs them a little longer.
  if (self->state.preparing())
    self->state.when_hashed([self] { end(self); });
  else
    end(self);
  return msg::acknowledged{};
}

caf::result<msg::upload_status> status(session_pointer self) {
  if (self->state.preparing())
    return reply_once_hashed(self, [self] { return self->state.status(); });
  return reply([&] { return self->state.status(); });
}

upload_session_actor::behavior_type answers_of(session_pointer self, registry_services* services,
                                               const repository_actor& home) {
  return {
    [self](const msg::begin_chunk& m) {
      return reply_once_hashed(
        self, [self, announced = m.announced] { return self->state.begin(announced); });
    },
    [self, services](const msg::append_chunk& m) { return append_somewhere(self, services, m); },
    [self](const msg::end_chunk& m) {
      return reply_once_hashed(self, [self, m] { return unless_full(self, self->state.end(m)); });
    },
    [self, services](const msg::add_chunk& m) {
      services->hashed_by_sessions += m.bytes.size;
      return reply_once_hashed(self, [self, m] { return add(self, m); });
    },
    [self, services, home](const msg::finish_upload& m) -> caf::result<msg::blob_reply> {
      auto promise = self->make_response_promise<session_promise>();
      once_hashed(self,
                  [self, services, home, m, promise] { finish(self, services, home, m, promise); });
      return promise;
    },
    [self](const msg::get_upload_status&) { return status(self); },
    [self](const msg::cancel_upload&) { return cancel(self); },
    [self](const msg::expire_upload& m) {
      if (self->state.is_expired(m.now))
        end(self);
    },
  };
}

/// What a session begins with.
struct session_start {
  resumed_upload upload;
  counted place;
  last_use_ptr used;
};

upload_session_actor::behavior_type upload_session(session_pointer self,
                                                   registry_services* services,
                                                   repository_actor home, upload_id id,
                                                   const msg::move_only<session_start>& start) {
  auto from = start.take();
  const auto algorithm = from.upload.hash.algorithm();
  const bool unhashed = from.upload.unhashed;
  self->state.open(*services, id, std::move(from.upload), std::move(from.place),
                   std::move(from.used));
  // Without its repository the session is useless. What was saved stays.
  self->monitor(home);
  self->state.watches(home.address());
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  if (unhashed)
    prepare(self, services, algorithm);
  return answers_of(self, services, home);
}

} // namespace

namespace {

using repository_pointer = repository_actor::stateful_pointer<repository_state>;

msg::upload_started spawn_session(repository_pointer parent, registry_services& services,
                                  const upload_id& id, resumed_upload start, counted place) {
  auto home = caf::actor_cast<repository_actor>(parent);
  auto used = std::make_shared<last_use>(services.now());
  session_start begin{std::move(start), std::move(place), used};
  auto session =
    parent->spawn(upload_session, &services, home, id, msg::move_only{std::move(begin)});
  parent->monitor(session);
  parent->state.upload_opened();
  services.uploads.insert(id, upload_entry{parent->state.repository(), session}, std::move(used));
  return msg::upload_started{id, session};
}

} // namespace

result<msg::upload_started> start_upload(repository_pointer parent, registry_services& services,
                                         const msg::start_upload& request) {
  const auto limit = services.options.max_uploads;
  if (limit != 0 && services.open_uploads() >= limit)
    return fail(errc::too_many_uploads, "the limit is " + std::to_string(limit));
  const auto own_limit = services.options.max_uploads_per_repository;
  if (own_limit != 0 && parent->state.open_uploads() >= own_limit)
    return fail(errc::too_many_uploads,
                "the limit of each repository is " + std::to_string(own_limit));
  // Its bytes would be sent in vain.
  if (auto allowed = parent->state.may_hold_manifests(); !allowed)
    return std::move(allowed).error();
  counted place{services.awake_uploads};
  const auto id = upload_id::issue(parent->state.repository().to_string());
  auto sink = services.engine.blobs().open_sink(id);
  if (!sink)
    return std::move(sink).error();
  resumed_upload start{parent->state.repository(), {}, hasher{request.algorithm}, std::move(*sink)};
  if (request.kept) {
    if (auto kept = start.sink->save(start.repository, start.position, start.hash); !kept)
      return std::move(kept).error();
  }
  // An upload that a reset could not remove must not outlive it.
  if (parent->state.is_outdated()) {
    start.sink->discard();
    return fail(errc::unavailable);
  }
  return spawn_session(parent, services, id, std::move(start), std::move(place));
}

result<msg::upload_started> resume_upload(repository_pointer parent, registry_services& services,
                                          const upload_id& id) {
  const auto unknown = fail(errc::upload_unknown, id.to_string());
  if (auto awake = services.uploads.find(id)) {
    if (awake->repository == parent->state.repository())
      return msg::upload_started{id, std::move(awake->session)};
    return unknown;
  }
  counted place{services.awake_uploads};
  auto resumed = services.engine.blobs().claim_upload(id);
  if (!resumed)
    return std::move(resumed).error();
  const auto limit = services.options.uploads.max_size;
  if (resumed->repository != parent->state.repository() ||
      (limit != 0 && resumed->position.offset > limit))
    return unknown;
  return spawn_session(parent, services, id, std::move(*resumed), std::move(place));
}

} // namespace gantry
