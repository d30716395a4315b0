#include "actors/directory.hpp"

#include "actors/dispatch.hpp"
#include "actors/repository.hpp"

#include <caf/exit_reason.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <exception>
#include <malloc.h>

namespace gantry {

namespace {

using directory_pointer = directory_actor::stateful_pointer<directory_state>;

/// So many must have ended, and more than are awake, before memory is given back.
constexpr std::size_t worth_a_trim = 1000;

void watch(directory_pointer self, const repository_actor& handle, const repository_name& name) {
  self->monitor(handle);
  self->state.awake.emplace(handle.address(), name);
}

result<msg::repository_reply> open(directory_pointer self, services& environment,
                                   const msg::open_repository& request) {
  if (auto awake = environment.repositories.find(request.name))
    return msg::repository_reply{std::move(*awake)};
  if (!request.create && !environment.engine.metadata().contains(request.name))
    return fail(errc::name_unknown, request.name.to_string());
  if (auto room = environment.engine.metadata().may_open(request.name); !room)
    return std::move(room).error();
  auto handle = self->spawn(repository, &environment, request.name);
  watch(self, handle, request.name);
  environment.repositories.insert(request.name, handle);
  return msg::repository_reply{std::move(handle)};
}

/// A repository that ended by itself has left the index already; one that died is taken out, so
/// that the next request wakes a new one.
void forget(directory_pointer self, services& environment, const caf::actor_addr& gone) {
  auto& resets = self->state.resets;
  for (auto& pending : resets)
    if (pending.waiting_for.erase(gone) > 0 && pending.waiting_for.empty())
      pending.promise.deliver(msg::done{});
  resets.erase(std::remove_if(resets.begin(), resets.end(),
                              [](const auto& pending) { return pending.waiting_for.empty(); }),
               resets.end());
  const auto entry = self->state.awake.find(gone);
  if (entry == self->state.awake.end())
    return;
  environment.repositories.erase_if(
    entry->second, [&](const repository_actor& handle) { return handle.address() == gone; });
  self->state.awake.erase(entry);
  // The C library keeps what was freed amid its heap: after a rush all of it would stay resident.
  auto& ended = self->state.ended;
  if (++ended >= worth_a_trim && ended > self->state.awake.size()) {
    ended = 0;
    ::malloc_trim(0);
  }
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

/// Errors: those of the engine; some of it may be gone then.
result<void> forget_everything(const services& environment) {
  try {
    environment.engine.clear();
    return seed(environment);
  } catch (const storage_failure& unreadable) {
    return unreadable.why();
  }
}

/// New requests meet empty indexes and the new contents at once; the answer waits until the old
/// actors have given back what they held.
caf::result<msg::done> reset(directory_pointer self, services& environment) {
  auto promise = self->make_response_promise<caf::typed_response_promise<msg::done>>();
  directory_state::pending_reset pending{promise, {}};
  auto dismiss = [&](const auto& handle) {
    self->monitor(handle);
    pending.waiting_for.insert(handle.address());
    caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
  };
  const auto repositories = environment.repositories.entries();
  const auto uploads = environment.uploads.entries();
  environment.repositories.clear();
  environment.uploads.clear();
  const auto emptied = forget_everything(environment);
  for (const auto& [id, upload] : uploads)
    dismiss(upload.session);
  for (const auto& [name, handle] : repositories)
    dismiss(handle);
  if (!emptied)
    promise.deliver(to_caf(emptied.error()));
  else if (pending.waiting_for.empty())
    promise.deliver(msg::done{});
  else
    self->state.resets.push_back(std::move(pending));
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
      return reply([&] { return open(self, *environment, m); });
    },
    [environment](const msg::list_repositories& m) {
      return reply([&]() -> result<msg::repository_page> {
        return msg::repository_page{environment->engine.metadata().list_repositories(m.page)};
      });
    },
    [self, environment](const msg::reset&) { return reset(self, *environment); },
  };
}

} // namespace gantry
