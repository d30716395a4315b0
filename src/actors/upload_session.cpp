#include "actors/upload_session.hpp"

#include "actors/digester.hpp"
#include "actors/dispatch.hpp"
#include "actors/part_hashing.hpp"
#include "actors/repository.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace gantry {

namespace {

using session_pointer = upload_session_actor::stateful_pointer<upload_session_state>;

/// A repository outlives its uploads and keeps a list of its monitors. Without this, each upload
/// would leave an entry behind.
void leave(session_pointer self) {
  self->state.leave();
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

/// Passes an outcome on to `done`, and ends the session if it says that storage is full.
template <class Reply, class Done>
auto unless_full(session_pointer self, Done done) {
  return [self, done](result<Reply> outcome) {
    const auto failed = outcome ? error{} : outcome.error();
    // Answer first, because the end of the session drops what waits for a digester.
    done(std::move(outcome));
    end_if_full(self, failed.code, failed.detail);
  };
}

/// Calls `start(completion)` for the sink, then `next(outcome)`: see `when_answered`.
template <class Start, class Next>
void ask_sink(session_pointer self, Start start, Next next) {
  self->state.call_started();
  when_answered<void>(self, std::move(start), [self, next](result<void> outcome) {
    self->state.call_ended();
    next(std::move(outcome));
    self->state.run_waiting();
  });
}

using turn = upload_session_state::turn;

/// Runs `work(done)` when its turn comes, unless the session has ended.
template <class Work, class Done>
void take_turn(session_pointer self, turn when, Work work, Done done) {
  self->state.take_turn(when, [self, work, done] {
    if (const auto& why = self->state.left_because())
      done(*why);
    else
      work(done);
  });
}

/// Replies with what `work(done)` hands to `done`. It runs when its turn comes.
template <class Reply, class Work>
caf::result<Reply> reply_in_turn(session_pointer self, turn when, Work work) {
  return reply_when<Reply>(self, [&](auto done) { take_turn(self, when, work, done); });
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
  hash_part(self, all, [job](const result<msg::acknowledged>& hashed) {
    job.done(hashed ? result<std::shared_ptr<hasher>>{job.running}
                    : result<std::shared_ptr<hasher>>{hashed.error()});
  });
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
      services.engine.uploads().forget_upload(self->state.id());
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

/// Saves the upload, then calls `next(outcome)`.
template <class Next>
void save(session_pointer self, Next next) {
  ask_sink(
    self, [&](auto done) { self->state.save(std::move(done)); },
    [self, next](result<void> outcome) {
      self->state.saved(outcome.has_value());
      next(std::move(outcome));
    });
}

template <class Done>
void begin(session_pointer self, const chunk_announcement& chunk, Done done) {
  auto opened = self->state.begin(chunk);
  if (!opened.replaces)
    return done(std::move(opened.outcome));
  // As at the end of a chunk whose connection broke; there is no client that waits for it.
  save(self, [done, outcome = std::move(opened.outcome)](const result<void>&) { done(outcome); });
}

/// Stores the bytes, and hashes them here if `hashed`.
template <class Done>
void append(session_pointer self, const msg::append_chunk& part, bool hashed, Done done) {
  if (auto admitted = self->state.admit(part); !admitted)
    return done(std::move(admitted).error());
  ask_sink(
    self,
    [&](auto stored) { self->state.sink()->get()->append(part.bytes.bytes(), std::move(stored)); },
    [self, part, hashed, done](result<void> outcome) {
      done(self->state.stored(part, std::move(outcome), hashed));
    });
}

template <class Done>
void close(session_pointer self, const msg::end_chunk& request, Done done) {
  auto closed = self->state.close(request);
  if (!closed.must_save)
    return done(std::move(closed.outcome));
  save(self, [done, outcome = std::move(closed.outcome)](result<void> saved) {
    if (!saved && outcome)
      done(std::move(saved).error());
    else
      done(outcome);
  });
}

/// The offset that a client is told must survive a restart, also if saving it failed before.
template <class Done>
void tell_status(session_pointer self, Done done) {
  if (!self->state.is_unsaved())
    return done(self->state.status());
  save(self, [self, done](result<void> saved) {
    if (saved)
      done(self->state.status());
    else
      done(std::move(saved).error());
  });
}

/// Opens a chunk, stores and hashes its bytes here because they are few, and closes it. If bytes
/// are refused, the chunk is closed as after a broken connection.
template <class Done>
void add(session_pointer self, const msg::add_chunk& whole, Done done) {
  auto outcome = unless_full<msg::upload_status>(self, done);
  begin(self, whole.announced, [self, whole, outcome](const result<msg::chunk_reply>& begun) {
    if (!begun)
      return outcome(begun.error());
    const auto number = begun->number;
    append(self, {number, whole.bytes}, true,
           [self, number, outcome](const result<msg::acknowledged>& kept) {
             close(self, {number, kept.has_value()},
                   [kept, outcome](result<msg::upload_status> ended) {
                     if (kept)
                       outcome(std::move(ended));
                     else
                       outcome(kept.error());
                   });
           });
  });
}

template <class Done>
void finish(session_pointer self, registry_services* services, const repository_actor& home,
            const msg::finish_upload& request, Done done) {
  const auto& wanted = request.id;
  if (!self->state.begin_end(wanted, done))
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

template <class Done>
void add_and_finish(session_pointer self, registry_services* services, const repository_actor& home,
                    const msg::finish_upload& request, Done done) {
  if (!request.last)
    return finish(self, services, home, request, done);
  services->hashed_by_sessions += request.last->bytes.size;
  add(self, *request.last, [self, services, home, request, done](result<msg::upload_status> added) {
    if (added)
      finish(self, services, home, request, done);
    else
      done(std::move(added).error());
  });
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

/// Hands stored bytes to a digester; `done` is called when they are in the hash.
template <class Done>
void append_beside(session_pointer self, const digester_actor& beside,
                   const msg::append_chunk& part, Done done) {
  auto hand_over = [self, beside, part, done](const result<msg::acknowledged>& kept) {
    if (!kept)
      return done(kept);
    auto hashed = [self, done](const msg::acknowledged& reply) {
      done(reply);
      self->state.hash_ended();
    };
    // The bytes may be in the hash or not, so this upload cannot be finished.
    auto give_up = [self, done](caf::error& failure) {
      done(from_caf(failure));
      end(self);
    };
    self->request(beside, caf::infinite, msg::hash_chunk{self->state.running_hash(), part.bytes})
      .then(hashed, give_up);
  };
  append(self, part, false, hand_over);
}

template <class Done>
void append_somewhere(session_pointer self, registry_services* services,
                      const msg::append_chunk& part, Done done) {
  const auto beside =
    self->state.hashes_beside() ? services->digester(self->state.id()) : digester_actor{};
  auto& hashed = beside ? services->hashed_by_digesters : services->hashed_by_sessions;
  hashed += part.bytes.size;
  auto outcome = unless_full<msg::acknowledged>(self, done);
  if (beside)
    return append_beside(self, beside, part, outcome);
  if (!self->state.hashing())
    return append(self, part, true, outcome);
  done(fail(errc::unavailable)); // the registry is stopping
  end(self);
}

template <class Done>
void cancel(session_pointer self, Done done) {
  if (self->state.ending())
    return done(fail(errc::upload_busy));
  end(self);
  done(msg::acknowledged{});
}

upload_session_actor::behavior_type answers_of(session_pointer self, registry_services* services,
                                               const repository_actor& home) {
  return {
    [self](const msg::begin_chunk& m) {
      return reply_in_turn<msg::chunk_reply>(
        self, turn::hashed,
        [self, announced = m.announced](auto done) { begin(self, announced, done); });
    },
    [self, services](const msg::append_chunk& m) {
      const auto work = [self, services, m](auto done) {
        append_somewhere(self, services, m, done);
      };
      // Replies to other bytes may be waiting for a digester.
      if (self->state.hashes_beside())
        return reply_first<msg::acknowledged>(
          self, [&](auto done) { take_turn(self, turn::stored, work, done); });
      return reply_in_turn<msg::acknowledged>(self, turn::stored, work);
    },
    [self](const msg::end_chunk& m) {
      return reply_in_turn<msg::upload_status>(self, turn::hashed, [self, m](auto done) {
        close(self, m, unless_full<msg::upload_status>(self, done));
      });
    },
    [self, services](const msg::add_chunk& m) {
      services->hashed_by_sessions += m.bytes.size;
      return reply_in_turn<msg::upload_status>(self, turn::hashed,
                                               [self, m](auto done) { add(self, m, done); });
    },
    [self, services, home](const msg::finish_upload& m) {
      return reply_in_turn<msg::blob_reply>(
        self, turn::hashed,
        [self, services, home, m](auto done) { add_and_finish(self, services, home, m, done); });
    },
    [self](const msg::get_upload_status&) {
      const auto when = self->state.preparing() ? turn::hashed : turn::stored;
      return reply_in_turn<msg::upload_status>(self, when,
                                               [self](auto done) { tell_status(self, done); });
    },
    [self](const msg::cancel_upload&) {
      // If a digester is reading the bytes, it needs them a little longer.
      const auto when = self->state.preparing() ? turn::hashed : turn::stored;
      return reply_in_turn<msg::acknowledged>(self, when,
                                              [self](auto done) { cancel(self, done); });
    },
    [self](const msg::expire_upload& m) {
      if (self->state.is_expired(m.now))
        end(self);
    },
    [](const msg::resume& m) { m.run(); },
  };
}

} // namespace

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
  self->set_down_handler([self](const caf::down_msg&) { leave(self); });
  if (unhashed)
    prepare(self, services, algorithm);
  return answers_of(self, services, home);
}

} // namespace gantry
