#include "actors/directory.hpp"

#include "actors/beside.hpp"
#include "actors/content_changes.hpp"
#include "actors/repository.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <malloc.h>
#include <memory>
#include <utility>

namespace gantry {

namespace {

/// Heap memory is trimmed once this many repositories have ended, and more than are awake.
constexpr std::size_t worth_a_trim = 1000;

void watch(directory_pointer self, const repository_actor& handle, const repository_name& name) {
  self->monitor(handle);
  self->state.awake.emplace(handle.address(), name);
}

/// Asks the two longest-idle repositories to sleep. Two, because a busy one stays awake.
void make_room(directory_pointer self, registry_services& services) {
  const auto limit = services.options.max_awake;
  const auto awake = self->state.awake.size();
  if (limit == 0 || awake <= limit)
    return;
  const auto now = services.now();
  for (auto asked = std::min<std::size_t>(awake - limit, 2); asked > 0; --asked)
    if (const auto idle = services.repositories.longest_idle(now))
      self->send(*idle, msg::sleep_if_idle{now, true});
}

msg::repository_reply wake(directory_pointer self, registry_services& services,
                           const repository_name& name) {
  auto used = std::make_shared<last_use>(services.now());
  auto handle = services.make_repository ? services.make_repository(*self, services, name, used)
                                         : wake_repository(*self, services, name, used);
  watch(self, handle, name);
  make_room(self, services);
  services.repositories.insert(name, handle, std::move(used));
  return {std::move(handle)};
}

using repository_done = completion<msg::repository_reply>;

void open(directory_pointer self, registry_services& services, const repository_name& name,
          const repository_done& done);

/// While the engine was asked, another request may have woken the repository, or a change begun.
void wake_or_find(directory_pointer self, registry_services& services, const repository_name& name,
                  const repository_done& done) {
  if (auto awake = services.repositories.find(name))
    return done(msg::repository_reply{std::move(*awake)});
  if (self->state.changing)
    self->state.deferred.emplace_back([=, &services] { open(self, services, name, done); });
  else
    done(wake(self, services, name));
}

void open_if_there_is_room(directory_pointer self, registry_services& services,
                           const repository_name& name, const repository_done& done) {
  when_answered<void>(
    self, [&](auto room) { services.engine.metadata().may_open(name, std::move(room)); },
    [=, &services](result<void> room) {
      if (room)
        wake_or_find(self, services, name, done);
      else
        done(std::move(room).error());
    });
}

/// Wakes the repository, even if it holds nothing.
void open(directory_pointer self, registry_services& services, const repository_name& name,
          const repository_done& done) {
  if (auto awake = services.repositories.find(name))
    done(msg::repository_reply{std::move(*awake)});
  else
    open_if_there_is_room(self, services, name, done);
}

void open_existing(directory_pointer self, registry_services& services, const repository_name& name,
                   const repository_done& done) {
  if (auto awake = services.repositories.find(name))
    return done(msg::repository_reply{std::move(*awake)});
  when_answered<bool>(
    self, [&](auto contained) { services.engine.metadata().contains(name, std::move(contained)); },
    [=, &services](result<bool> contained) {
      if (!contained)
        done(std::move(contained).error());
      else if (*contained)
        open(self, services, name, done);
      else
        done(fail(errc::name_unknown, name.to_string()));
    });
}

/// Returns free heap memory to the system, which the C library otherwise keeps after a burst. Slow.
void trim_now_and_then(directory_pointer self, const registry_services& services) {
  auto& state = self->state;
  if (++state.ended < worth_a_trim || state.ended <= state.awake.size() || state.trimming)
    return;
  state.ended = 0;
  state.trimming = true;
  auto trim = []() -> result<void> {
    ::malloc_trim(0);
    return {};
  };
  run_beside(self, services.options.own_threads, trim,
             [self](const result<void>&) { self->state.trimming = false; });
}

/// A repository that went to sleep has left the index already. One that died is removed here, so
/// that the next request wakes a new one.
void forget(directory_pointer self, registry_services& services, const caf::actor_addr& gone) {
  note_end(self, services, gone);
  const auto entry = self->state.awake.find(gone);
  if (entry == self->state.awake.end())
    return;
  services.repositories.erase_if(
    entry->second, [&](const repository_actor& handle) { return handle.address() == gone; });
  self->state.awake.erase(entry);
  trim_now_and_then(self, services);
}

/// Calls `begin(done)` now, or after the change in progress, and replies with what `done` is given.
template <class Reply, class Begin>
caf::result<Reply> reply_in_turn(directory_pointer self, Begin begin) {
  return reply_when<Reply>(self, [&](auto done) {
    if (self->state.changing)
      self->state.deferred.emplace_back([begin, done] { begin(done); });
    else
      begin(done);
  });
}

/// Calls `begin(promise)` now, or after the change in progress.
template <class Reply, class Begin>
caf::result<Reply> begin_in_turn(directory_pointer self, Begin begin) {
  auto promise = self->make_response_promise<caf::typed_response_promise<Reply>>();
  if (self->state.changing)
    self->state.deferred.emplace_back([promise, begin] { begin(promise); });
  else
    begin(promise);
  return promise;
}

caf::result<msg::acknowledged> reset_in_turn(directory_pointer self, registry_services& services,
                                             const msg::reset& request) {
  return begin_in_turn<msg::acknowledged>(
    self, [self, &services, within = request.within](const change_promise& promise) {
      if (within)
        reset_within(self, services, *within, promise);
      else
        reset(self, services, promise);
    });
}

result<msg::snapshot_list> list_snapshots(registry_services& services) {
  const auto snapshots = find_snapshots(services);
  if (!snapshots)
    return snapshots.error();
  return msg::snapshot_list{(*snapshots)->list()};
}

void remove_snapshot(directory_pointer self, registry_services& services, std::uint64_t id,
                     const completion<msg::acknowledged>& done) {
  const auto snapshots = find_snapshots(services);
  if (!snapshots)
    return done(snapshots.error());
  when_answered<void>(
    self, [&](auto removed) { (*snapshots)->remove(id, std::move(removed)); },
    [done](result<void> removed) { done(as_reply<msg::acknowledged>(std::move(removed))); });
}

void list_repositories(directory_pointer self, registry_services& services,
                       const page_request& request, const completion<msg::repository_page>& done) {
  when_answered<page<repository_name>>(
    self,
    [&](auto listed) { services.engine.metadata().list_repositories(request, std::move(listed)); },
    [done](result<page<repository_name>> listed) {
      done(as_reply<msg::repository_page>(std::move(listed)));
    });
}

} // namespace

directory_actor::behavior_type directory(directory_pointer self, registry_services* services) {
  self->set_down_handler(
    [self, services](const caf::down_msg& m) { forget(self, *services, m.source); });
  for (const auto& [name, handle] : services->repositories.entries())
    watch(self, handle, name); // after a restart of the directory
  return {
    [self, services](const msg::open_repository& m) {
      return reply_in_turn<msg::repository_reply>(self, [self, services, m](auto done) {
        if (m.create)
          open(self, *services, m.name, done);
        else
          open_existing(self, *services, m.name, done);
      });
    },
    [self, services](const msg::list_repositories& m) {
      return reply_in_turn<msg::repository_page>(
        self, [self, services, m](auto done) { list_repositories(self, *services, m.page, done); });
    },
    [self, services](const msg::reset& m) { return reset_in_turn(self, *services, m); },
    [self, services](const msg::rename_repository& m) {
      return begin_in_turn<msg::acknowledged>(
        self, [self, services, m](const auto& promise) { rename(self, *services, m, promise); });
    },
    [self, services](const msg::take_snapshot&) {
      return begin_in_turn<msg::snapshot_reply>(
        self, [self, services](const auto& promise) { take_snapshot(self, *services, promise); });
    },
    [self, services](const msg::list_snapshots&) {
      return reply_in_turn<msg::snapshot_list>(
        self, [services](auto done) { done(list_snapshots(*services)); });
    },
    [self, services](const msg::restore_snapshot& m) {
      return begin_in_turn<msg::acknowledged>(self, [self, services, m](const auto& promise) {
        restore(self, *services, m.id, promise);
      });
    },
    [self, services](const msg::remove_snapshot& m) {
      return reply_in_turn<msg::acknowledged>(
        self, [self, services, m](auto done) { remove_snapshot(self, *services, m.id, done); });
    },
    [self, services](const msg::next_slice&) { dismiss_some(self, *services); },
    [](const msg::resume& m) { m.run(); },
  };
}

} // namespace gantry
