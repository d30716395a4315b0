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

/// So many must have ended, and more than are awake, before memory is given back.
constexpr std::size_t worth_a_trim = 1000;

void watch(directory_pointer self, const repository_actor& handle, const repository_name& name) {
  self->monitor(handle);
  self->state.awake.emplace(handle.address(), name);
}

/// Asks those that are idle longest to make room; one that is at work stays, so another one is
/// asked, too.
void make_room(directory_pointer self, services& environment) {
  const auto limit = environment.options.max_awake;
  const auto awake = self->state.awake.size();
  if (limit == 0 || awake <= limit)
    return;
  const auto now = environment.now();
  for (auto asked = std::min<std::size_t>(awake - limit, 2); asked > 0; --asked)
    if (const auto idle = environment.repositories.longest_idle(now))
      self->send(*idle, msg::sleep_if_idle{now, true});
}

result<msg::repository_reply> open(directory_pointer self, services& environment,
                                   const msg::open_repository& request) {
  if (auto awake = environment.repositories.find(request.name))
    return msg::repository_reply{std::move(*awake)};
  if (!request.create && !environment.engine.metadata().contains(request.name))
    return fail(errc::name_unknown, request.name.to_string());
  if (auto room = environment.engine.metadata().may_open(request.name); !room)
    return std::move(room).error();
  auto used = std::make_shared<last_use>(environment.now());
  auto handle = environment.make_repository
                  ? environment.make_repository(*self, environment, request.name, used)
                  : wake_repository(*self, environment, request.name, used);
  watch(self, handle, request.name);
  make_room(self, environment);
  environment.repositories.insert(request.name, handle, std::move(used));
  return msg::repository_reply{std::move(handle)};
}

/// The C library keeps what was freed amid its heap: after a rush all of it would stay resident.
/// Giving it back takes long.
void trim_now_and_then(directory_pointer self, const services& environment) {
  auto& state = self->state;
  if (++state.ended < worth_a_trim || state.ended <= state.awake.size() || state.trimming)
    return;
  state.ended = 0;
  state.trimming = true;
  auto trim = []() -> result<void> {
    ::malloc_trim(0);
    return {};
  };
  run_beside(self, environment.options.own_threads, trim,
             [self](const result<void>&) { self->state.trimming = false; });
}

/// Answers those resets that have nothing left to wait for.
void answer_resets(directory_pointer self) {
  self->state.resets.remove_if([](auto& pending) {
    if (!pending.outcome || !pending.dismissed || !pending.waiting_for.empty())
      return false;
    if (*pending.outcome)
      pending.promise.deliver(msg::done{});
    else
      pending.promise.deliver(to_caf(pending.outcome->error()));
    return true;
  });
}

/// A repository that ended by itself has left the index already; one that died is taken out, so
/// that the next request wakes a new one.
void forget(directory_pointer self, services& environment, const caf::actor_addr& gone) {
  for (auto& pending : self->state.resets)
    pending.waiting_for.erase(gone);
  answer_resets(self);
  const auto entry = self->state.awake.find(gone);
  if (entry == self->state.awake.end())
    return;
  environment.repositories.erase_if(
    entry->second, [&](const repository_actor& handle) { return handle.address() == gone; });
  self->state.awake.erase(entry);
  trim_now_and_then(self, environment);
}

/// Errors: internal (the seed cannot be read any more; the registry is empty then).
result<void> seed(const services& environment) {
  try {
    if (environment.options.seed)
      environment.options.seed();
    return {};
  } catch (const std::exception& unreadable) {
    telemetry::log().error("the seed cannot be read: {}", unreadable.what());
    return fail(errc::internal, "the seed cannot be read");
  }
}

/// A slice of the dismissals of all resets.
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

/// The new contents are in place.
void end_reset(directory_pointer self, services& environment, const result<void>& outcome) {
  environment.finished_uploads.clear();
  environment.refused_uploads.clear();
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

/// From here on the indexes are empty, so requests come to the directory, and wait there.
void reset(directory_pointer self, services& environment,
           const caf::typed_response_promise<msg::done>& promise) {
  ++environment.generation;
  self->state.emptying = true;
  self->state.resets.push_back({promise,
                                std::nullopt,
                                environment.uploads.take(),
                                environment.repositories.take(),
                                false,
                                {}});
  auto refill = [&environment]() -> result<void> {
    environment.engine.clear();
    return seed(environment);
  };
  run_beside(
    self, environment.options.own_threads, refill,
    [self, &environment](const result<void>& outcome) { end_reset(self, environment, outcome); });
  dismiss_some(self);
}

/// Runs `work` now, or once the new contents are in place.
template <class Reply, class Work>
caf::result<Reply> reply_in_turn(directory_pointer self, Work work) {
  if (!self->state.emptying)
    return reply(work);
  auto promise = self->make_response_promise<caf::typed_response_promise<Reply>>();
  self->state.deferred.push_back([promise, work] { deliver(promise, attempt(work)); });
  return promise;
}

caf::result<msg::done> reset_in_turn(directory_pointer self, services& environment) {
  auto promise = self->make_response_promise<caf::typed_response_promise<msg::done>>();
  if (self->state.emptying)
    self->state.deferred.emplace_back(
      [self, &environment, promise] { reset(self, environment, promise); });
  else
    reset(self, environment, promise);
  return promise;
}

} // namespace

directory_actor::behavior_type directory(directory_pointer self, services* environment) {
  self->set_down_handler(
    [self, environment](const caf::down_msg& m) { forget(self, *environment, m.source); });
  for (const auto& [name, handle] : environment->repositories.entries())
    watch(self, handle, name); // after a restart
  return {
    [self, environment](const msg::open_repository& m) {
      return reply_in_turn<msg::repository_reply>(
        self, [self, environment, m] { return open(self, *environment, m); });
    },
    [self, environment](const msg::list_repositories& m) {
      return reply_in_turn<msg::repository_page>(
        self, [environment, m]() -> result<msg::repository_page> {
          return msg::repository_page{environment->engine.metadata().list_repositories(m.page)};
        });
    },
    [self, environment](const msg::reset&) { return reset_in_turn(self, *environment); },
    [self](const msg::next_slice&) { dismiss_some(self); },
    [](const msg::resume& m) { m.run(); },
  };
}

} // namespace gantry
