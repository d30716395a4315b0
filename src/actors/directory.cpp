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

result<msg::repository_reply> open(directory_pointer self, registry_services& services,
                                   const msg::open_repository& request) {
  if (auto awake = services.repositories.find(request.name))
    return msg::repository_reply{std::move(*awake)};
  if (!request.create && !services.engine.metadata().contains(request.name))
    return fail(errc::name_unknown, request.name.to_string());
  if (auto room = services.engine.metadata().may_open(request.name); !room)
    return std::move(room).error();
  auto used = std::make_shared<last_use>(services.now());
  auto handle = services.make_repository
                  ? services.make_repository(*self, services, request.name, used)
                  : wake_repository(*self, services, request.name, used);
  watch(self, handle, request.name);
  make_room(self, services);
  services.repositories.insert(request.name, handle, std::move(used));
  return msg::repository_reply{std::move(handle)};
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

/// Runs `work` now, or after the change in progress.
template <class Reply, class Work>
caf::result<Reply> reply_in_turn(directory_pointer self, Work work) {
  if (!self->state.changing)
    return reply(work);
  auto promise = self->make_response_promise<caf::typed_response_promise<Reply>>();
  self->state.deferred.push_back([promise, work] { deliver(promise, attempt(work)); });
  return promise;
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

result<msg::acknowledged> remove_snapshot(registry_services& services, std::uint64_t id) {
  const auto snapshots = find_snapshots(services);
  if (!snapshots)
    return snapshots.error();
  if (auto removed = (*snapshots)->remove(id); !removed)
    return std::move(removed).error();
  return msg::acknowledged{};
}

} // namespace

directory_actor::behavior_type directory(directory_pointer self, registry_services* services) {
  self->set_down_handler(
    [self, services](const caf::down_msg& m) { forget(self, *services, m.source); });
  for (const auto& [name, handle] : services->repositories.entries())
    watch(self, handle, name); // after a restart of the directory
  return {
    [self, services](const msg::open_repository& m) {
      return reply_in_turn<msg::repository_reply>(
        self, [self, services, m] { return open(self, *services, m); });
    },
    [self, services](const msg::list_repositories& m) {
      return reply_in_turn<msg::repository_page>(
        self, [services, m]() -> result<msg::repository_page> {
          return msg::repository_page{services->engine.metadata().list_repositories(m.page)};
        });
    },
    [self, services](const msg::reset& m) { return reset_in_turn(self, *services, m); },
    [self, services](const msg::take_snapshot&) {
      return begin_in_turn<msg::snapshot_reply>(
        self, [self, services](const auto& promise) { take_snapshot(self, *services, promise); });
    },
    [self, services](const msg::list_snapshots&) {
      return reply_in_turn<msg::snapshot_list>(self,
                                               [services] { return list_snapshots(*services); });
    },
    [self, services](const msg::restore_snapshot& m) {
      return begin_in_turn<msg::acknowledged>(self, [self, services, m](const auto& promise) {
        restore(self, *services, m.id, promise);
      });
    },
    [self, services](const msg::remove_snapshot& m) {
      return reply_in_turn<msg::acknowledged>(
        self, [services, m] { return remove_snapshot(*services, m.id); });
    },
    [self, services](const msg::next_slice&) { dismiss_some(self, *services); },
    [](const msg::resume& m) { m.run(); },
  };
}

} // namespace gantry
