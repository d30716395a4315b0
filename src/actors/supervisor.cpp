#include "actors/supervisor.hpp"

#include "actors/blob_store.hpp"
#include "actors/collector.hpp"
#include "actors/digester.hpp"
#include "actors/directory.hpp"
#include "actors/dispatch.hpp"

#include <caf/exit_reason.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <iterator>

namespace gantry {

namespace {

using supervisor_pointer = supervisor_actor::stateful_pointer<supervisor_state>;

template <class Handle>
void watch(supervisor_pointer self, const Handle& child, std::function<void()> restart) {
  self->monitor(child);
  self->state.children.emplace(child.address(), std::move(restart));
}

void start_directory(supervisor_pointer self, registry_services* services) {
  auto child = self->spawn(directory, services);
  watch(self, child, [=] { start_directory(self, services); });
  services->directory.set(std::move(child));
}

void start_blob_store(supervisor_pointer self, registry_services* services, std::size_t shard) {
  auto child = self->spawn(blob_store, services);
  watch(self, child, [=] { start_blob_store(self, services, shard); });
  services->blob_stores[shard].set(std::move(child));
}

void start_digester(supervisor_pointer self, registry_services* services, std::size_t number) {
  auto child = self->spawn<caf::detached>(digester, number);
  watch(self, child, [=] { start_digester(self, services, number); });
  services->digesters[number].set(std::move(child));
}

void start_collector(supervisor_pointer self, registry_services* services) {
  auto child = self->spawn(collector, services);
  watch(self, child, [=] { start_collector(self, services); });
  services->collector.set(std::move(child));
}

template <class Handle>
void dismiss(supervisor_pointer self, const Handle& handle) {
  if (!handle)
    return;
  self->monitor(handle);
  self->state.waiting_for.insert(handle.address());
  caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
}

void dismiss_collector(supervisor_pointer self, registry_services& services) {
  services.stopping = true;
  dismiss(self, services.collector.get());
  services.collector.set({});
}

void dismiss_directory(supervisor_pointer self, registry_services& services) {
  dismiss(self, services.directory.get());
  services.directory.set({});
}

/// Dismisses one slice of many actors; a message to itself continues.
void dismiss_some(supervisor_pointer self) {
  auto& state = self->state;
  const auto end = [&](const upload_entry& upload) { dismiss(self, upload.session); };
  const auto sleep = [&](const repository_actor& handle) { dismiss(self, handle); };
  state.dismissing =
    state.uploads.drain(dismissal_slice, end) || state.repositories.drain(dismissal_slice, sleep);
  if (state.dismissing)
    self->send(self, msg::next_slice{});
}

void dismiss_uploads(supervisor_pointer self, registry_services& services) {
  self->state.uploads = services.uploads.take();
  dismiss_some(self);
}

void dismiss_repositories(supervisor_pointer self, registry_services& services) {
  self->state.repositories = services.repositories.take();
  dismiss_some(self);
}

void dismiss_blob_stores_and_digesters(supervisor_pointer self, registry_services& services) {
  for (auto& slot : services.blob_stores) {
    dismiss(self, slot.get());
    slot.set({});
  }
  for (auto& slot : services.digesters) {
    dismiss(self, slot.get());
    slot.set({});
  }
}

/// The shutdown steps. Each waits until the actors dismissed by the previous step are gone, so an
/// actor outlives those that may still ask it.
constexpr void (*shutdown_steps[])(supervisor_pointer, registry_services&) = {
  dismiss_collector,
  dismiss_directory,
  dismiss_uploads,
  dismiss_repositories,
  dismiss_blob_stores_and_digesters,
};

void advance_shutdown(supervisor_pointer self, registry_services& services) {
  const auto is_over = [&] { return self->state.waiting_for.empty() && !self->state.dismissing; };
  while (is_over() && self->state.step < std::size(shutdown_steps))
    shutdown_steps[self->state.step++](self, services);
  if (is_over()) {
    self->state.stopping->deliver(msg::acknowledged{});
    self->quit();
  }
}

void child_ended(supervisor_pointer self, registry_services& services, const caf::down_msg& m) {
  auto& state = self->state;
  if (state.stopping) {
    if (state.waiting_for.erase(m.source) > 0)
      advance_shutdown(self, services);
    return;
  }
  auto child = state.children.find(m.source);
  if (child == state.children.end())
    return;
  auto restart = std::move(child->second);
  state.children.erase(child);
  const auto wait = state.backoff.next(services.now());
  telemetry::log().error("an actor of the registry died and restarts in {} ms", wait.count());
  if (wait.count() == 0)
    return restart();
  state.postponed.push_back(std::move(restart));
  self->delayed_send(self, wait, msg::restart_child{});
}

} // namespace

supervisor_actor::behavior_type supervisor(supervisor_pointer self, registry_services* services) {
  self->set_down_handler(
    [self, services](const caf::down_msg& m) { child_ended(self, *services, m); });
  return {
    [self, services](const msg::startup&) {
      for (std::size_t shard = 0; shard < services->blob_stores.size(); ++shard)
        start_blob_store(self, services, shard);
      for (std::size_t number = 0; number < services->digesters.size(); ++number)
        start_digester(self, services, number);
      start_directory(self, services);
      start_collector(self, services);
      return msg::acknowledged{};
    },
    [self, services](const msg::shutdown&) -> caf::result<msg::acknowledged> {
      using promise = caf::typed_response_promise<msg::acknowledged>;
      if (self->state.stopping)
        return to_caf(fail(errc::unavailable));
      self->state.stopping = self->make_response_promise<promise>();
      const auto answer = *self->state.stopping;
      advance_shutdown(self, *services);
      return answer;
    },
    [self, services](const msg::next_slice&) {
      dismiss_some(self);
      advance_shutdown(self, *services);
    },
    [self](const msg::restart_child&) {
      auto& state = self->state;
      if (state.stopping || state.postponed.empty())
        return;
      auto restart = std::move(state.postponed.front());
      state.postponed.pop_front();
      restart();
    },
  };
}

} // namespace gantry
