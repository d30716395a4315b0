#include "actors/upload_start.hpp"

#include "actors/repository.hpp"
#include "actors/upload_session.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace gantry {

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

/// An upload on its way to a session.
struct upload_start {
  upload_id id;
  resumed_upload upload;
  /// Among the uploads that count against the limit.
  counted place;
};

using start_ptr = std::shared_ptr<upload_start>;
using started = shared_completion<msg::upload_started>;

void spawn_new(repository_pointer parent, registry_services& services, upload_start& start,
               const started& done) {
  // An upload that a reset could not remove must not outlive it.
  if (parent->state.is_outdated()) {
    start.upload.sink->discard();
    return done(fail(errc::unavailable));
  }
  done(spawn_session(parent, services, start.id, std::move(start.upload), std::move(start.place)));
}

/// Saves a new upload, so that it is known after a restart.
void save_new(repository_pointer parent, registry_services& services, const start_ptr& start,
              const started& done) {
  ask_engine<void>(
    parent,
    [&](auto saved) {
      const auto& upload = start->upload;
      upload.sink->save(upload.repository, upload.position, upload.hash, std::move(saved));
    },
    [parent, &services, start, done](result<void> saved) {
      if (saved)
        spawn_new(parent, services, *start, done);
      else
        done(std::move(saved).error());
    });
}

void open_new(repository_pointer parent, registry_services& services,
              const msg::start_upload& request, const started& done) {
  const auto start = std::make_shared<upload_start>(
    upload_start{upload_id::issue(parent->state.repository().to_string()),
                 {parent->state.repository(), {}, hasher{request.algorithm}, nullptr},
                 counted{services.awake_uploads}});
  ask_engine<sink_ptr>(
    parent, [&](auto opened) { services.engine.uploads().open_sink(start->id, std::move(opened)); },
    [parent, &services, start, kept = request.kept, done](result<sink_ptr> sink) {
      if (!sink)
        return done(std::move(sink).error());
      start->upload.sink = std::move(*sink);
      if (kept)
        save_new(parent, services, start, done);
      else
        spawn_new(parent, services, *start, done);
    });
}

/// Calls `next` if the limit of repositories lets this one hold a manifest; otherwise, its bytes
/// would be sent in vain.
template <class Next>
void if_it_may_hold_manifests(repository_pointer parent, registry_services& services,
                              const started& done, Next next) {
  const auto limit = services.options.max_repositories;
  if (limit == 0)
    return next();
  auto judge = [=](const result<std::size_t>& count) {
    if (!count)
      done(count.error());
    else if (*count < limit)
      next();
    else
      done(fail(errc::quota_reached, "the limit is " + std::to_string(limit)));
  };
  ask_engine<bool>(
    parent, [&](auto answer) { parent->state.store().has_manifests(std::move(answer)); },
    [=, &services](const result<bool>& has_manifests) {
      if (!has_manifests)
        return done(has_manifests.error());
      if (*has_manifests)
        return next();
      ask_engine<std::size_t>(
        parent,
        [&](auto answer) { services.engine.metadata().repository_count(std::move(answer)); },
        judge);
    });
}

/// Whether another upload may begin. Errors: too_many_uploads.
result<void> check_uploads(repository_pointer parent, const registry_services& services) {
  const auto limit = services.options.max_uploads;
  if (limit != 0 && services.open_uploads() >= limit)
    return fail(errc::too_many_uploads, "the limit is " + std::to_string(limit));
  const auto own_limit = services.options.max_uploads_per_repository;
  if (own_limit != 0 && parent->state.open_uploads() >= own_limit)
    return fail(errc::too_many_uploads,
                "the limit of each repository is " + std::to_string(own_limit));
  return {};
}

/// A session that is awake already.
result<msg::upload_started> find_awake(repository_pointer parent, const upload_id& id,
                                       upload_entry awake) {
  if (awake.repository == parent->state.repository())
    return msg::upload_started{id, std::move(awake.session)};
  return fail(errc::upload_unknown, id.to_string());
}

} // namespace

void start_upload(repository_pointer parent, registry_services& services,
                  const msg::start_upload& request, const started& done) {
  if (auto allowed = check_uploads(parent, services); !allowed)
    return done(std::move(allowed).error());
  if_it_may_hold_manifests(parent, services, done, [parent, &services, request, done] {
    open_new(parent, services, request, done);
  });
}

void resume_upload(repository_pointer parent, registry_services& services, const upload_id& id,
                   const started& done) {
  if (auto awake = services.uploads.find(id))
    return done(find_awake(parent, id, std::move(*awake)));
  const auto place = std::make_shared<counted>(services.awake_uploads);
  ask_engine<resumed_upload>(
    parent, [&](auto claimed) { services.engine.uploads().claim_upload(id, std::move(claimed)); },
    [parent, &services, id, place, done](result<resumed_upload> resumed) {
      if (!resumed)
        return done(std::move(resumed).error());
      const auto limit = services.options.uploads.max_size;
      if (resumed->repository != parent->state.repository() ||
          (limit != 0 && resumed->position.offset > limit))
        return done(fail(errc::upload_unknown, id.to_string()));
      done(spawn_session(parent, services, id, std::move(*resumed), std::move(*place)));
    });
}

} // namespace gantry
