#include "actors/directory.hpp"

#include "actors/beside.hpp"
#include "actors/repository.hpp"

#include <caf/exit_reason.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <exception>
#include <malloc.h>
#include <memory>
#include <utility>

namespace gantry {

namespace {

using directory_pointer = directory_actor::stateful_pointer<directory_state>;

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

/// Answers resets that have nothing left to wait for.
void answer_resets(directory_pointer self) {
  self->state.resets.remove_if([](auto& pending) {
    if (!pending.outcome || !pending.dismissed || !pending.waiting_for.empty())
      return false;
    if (*pending.outcome)
      pending.promise.deliver(msg::acknowledged{});
    else
      pending.promise.deliver(to_caf(pending.outcome->error()));
    return true;
  });
}

/// A repository that went to sleep has left the index already. One that died is removed here, so
/// that the next request wakes a new one.
void forget(directory_pointer self, registry_services& services, const caf::actor_addr& gone) {
  for (auto& pending : self->state.resets)
    pending.waiting_for.erase(gone);
  answer_resets(self);
  const auto entry = self->state.awake.find(gone);
  if (entry == self->state.awake.end())
    return;
  services.repositories.erase_if(
    entry->second, [&](const repository_actor& handle) { return handle.address() == gone; });
  self->state.awake.erase(entry);
  trim_now_and_then(self, services);
}

/// Errors: internal (the seed cannot be read any more; the registry is then empty).
result<void> seed(const registry_services& services) {
  try {
    if (services.options.seed)
      services.options.seed();
    return {};
  } catch (const std::exception& unreadable) {
    telemetry::log().error("the seed cannot be read: {}", unreadable.what());
    return fail(errc::internal, "the seed cannot be read");
  }
}

/// One slice of the dismissals, for all pending resets.
void dismiss_some(directory_pointer self) {
  bool more = false;
  for (auto& pending : self->state.resets) {
    const auto dismiss = [&](const auto& handle) {
      self->monitor(handle);
      pending.waiting_for.insert(handle.address());
      caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
    };
    if (pending.dismissed)
      continue;
    const auto end = [&](const upload_entry& upload) { dismiss(upload.session); };
    pending.dismissed = !pending.uploads.drain(dismissal_slice, end) &&
                        !pending.repositories.drain(dismissal_slice, dismiss);
    more = more || !pending.dismissed;
  }
  if (more)
    self->delayed_send(self, slice_pause, msg::next_slice{});
  answer_resets(self);
}

/// Called when the new contents are in place or have failed to load.
void end_reset(directory_pointer self, registry_services& services, const result<void>& outcome) {
  services.finished_uploads.clear();
  services.refused_uploads.clear();
  for (auto& pending : self->state.resets)
    if (!pending.outcome)
      pending.outcome = outcome;
  self->state.emptying = false;
  answer_resets(self);
  auto& deferred = self->state.deferred;
  while (!deferred.empty() && !self->state.emptying) {
    const auto next = std::move(deferred.front());
    deferred.pop_front();
    next();
  }
}

/// The indexes are empty from here on, so requests go to the directory and wait.
void reset(directory_pointer self, registry_services& services,
           const caf::typed_response_promise<msg::acknowledged>& promise) {
  ++services.generation;
  self->state.emptying = true;
  self->state.resets.push_back(
    {promise, std::nullopt, services.uploads.take(), services.repositories.take(), false, {}});
  auto refill = [&services]() -> result<void> {
    services.engine.clear();
    return seed(services);
  };
  run_beside(
    self, services.options.own_threads, refill,
    [self, &services](const result<void>& outcome) { end_reset(self, services, outcome); });
  dismiss_some(self);
}

/// Runs `work` now, or after the reset in progress.
template <class Reply, class Work>
caf::result<Reply> reply_in_turn(directory_pointer self, Work work) {
  if (!self->state.emptying)
    return reply(work);
  auto promise = self->make_response_promise<caf::typed_response_promise<Reply>>();
  self->state.deferred.push_back([promise, work] { deliver(promise, attempt(work)); });
  return promise;
}

caf::result<msg::acknowledged> reset_in_turn(directory_pointer self, registry_services& services) {
  auto promise = self->make_response_promise<caf::typed_response_promise<msg::acknowledged>>();
  if (self->state.emptying)
    self->state.deferred.emplace_back(
      [self, &services, promise] { reset(self, services, promise); });
  else
    reset(self, services, promise);
  return promise;
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
    [self, services](const msg::reset&) { return reset_in_turn(self, *services); },
    [self](const msg::next_slice&) { dismiss_some(self); },
    [](const msg::resume& m) { m.run(); },
  };
}

} // namespace gantry
