#include "actors/upload_session.hpp"

#include "actors/dispatch.hpp"
#include "actors/repository.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <functional>
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

void finish(session_pointer self, services& environment, const repository_actor& home,
            const std::optional<digest>& wanted, session_promise promise) {
  if (self->state.busy()) {
    promise.deliver(to_caf(fail(errc::upload_busy)));
    return;
  }
  auto id = self->state.verify(wanted);
  if (id) {
    publish(self, environment, home, *id, promise);
  } else {
    promise.deliver(to_caf(std::move(id).error()));
    end(self);
  }
}

/// Full storage: what this upload holds is what others need.
void end_if_full(session_pointer self, const result<msg::done>& kept) {
  if (!kept && is_full(kept.error().code))
    end(self);
}

caf::result<msg::done> append(session_pointer self, const msg::append_chunk& part) {
  return reply([&] {
    auto kept = self->state.append(part);
    end_if_full(self, kept);
    return kept;
  });
}

/// Answers when the bytes are kept and hashed.
caf::result<msg::done> append_beside(session_pointer self, const digester_actor& beside,
                                     const msg::append_chunk& part) {
  auto promise = self->make_response_promise<caf::typed_response_promise<msg::done>>();
  auto kept = attempt([&] { return self->state.append_unhashed(part); });
  if (!kept) {
    // First: the end of the session answers for all that waits for a digester.
    deliver(promise, kept);
    end_if_full(self, kept);
    return promise;
  }
  auto hashed = [self, promise](const msg::done& done) mutable {
    promise.deliver(done);
    self->state.hash_ended();
  };
  // Its bytes may be in the hash or not: nobody can finish this upload.
  auto give_up = [self, promise](caf::error& failure) mutable {
    promise.deliver(to_caf(from_caf(failure)));
    end(self);
  };
  self->request(beside, caf::infinite, msg::hash_chunk{self->state.running_hash(), part.bytes})
    .then(hashed, give_up);
  return promise;
}

/// Runs `work` behind the bytes that are being hashed: those of a chunk whose connection broke.
void once_hashed(session_pointer self, std::function<void()> work) {
  if (self->state.hashing())
    self->state.when_hashed(std::move(work));
  else
    work();
}

/// The same for work that is the answer.
template <class Work>
auto reply_once_hashed(session_pointer self, Work work) {
  using reply_type = typename decltype(work())::value_type;
  auto promise = self->make_response_promise<caf::typed_response_promise<reply_type>>();
  once_hashed(self, [promise, work] { deliver(promise, attempt(work)); });
  return caf::result<reply_type>{promise};
}

upload_session_actor::behavior_type upload_session(session_pointer self, services* environment,
                                                   repository_actor home, upload_id id,
                                                   msg::baton<resumed_upload> start) {
  self->state.open(*environment, id, start.take());
  return {
    [self](const msg::begin_chunk& m) {
      return reply_once_hashed(
        self, [self, announced = m.announced] { return self->state.begin(announced); });
    },
    [self, environment, id](const msg::append_chunk& m) -> caf::result<msg::done> {
      if (!self->state.hashes_beside())
        return append(self, m);
      if (const auto beside = environment->digester(id))
        return append_beside(self, beside, m);
      if (!self->state.hashing())
        return append(self, m);
      end(self); // the registry stops
      return to_caf(fail(errc::unavailable));
    },
    [self](const msg::end_chunk& m) {
      return reply_once_hashed(self, [self, m] { return self->state.end(m); });
    },
    [self, environment, home](const msg::finish_upload& m) -> caf::result<msg::blob_reply> {
      auto promise = self->make_response_promise<session_promise>();
      once_hashed(self, [self, environment, home, wanted = m.id, promise] {
        finish(self, *environment, home, wanted, promise);
      });
      return promise;
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
