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

void start_blob_store(supervisor_pointer self, registry_services* services, std::size_t shard,
                      const lease_table_ptr& leases) {
  auto child = self->spawn(blob_store, services, shard, leases);
  watch(self, child, [=] { start_blob_store(self, services, shard, leases); });
  services->blob_stores[shard].set(std::move(child));
}

void start_blob_stores(supervisor_pointer self, registry_services* services) {
  for (std::size_t shard = 0; shard < services->blob_stores.size(); ++shard)
    start_blob_store(self, services, shard,
                     std::make_shared<lease_table>(longest_hold(services->options)));
}

void start_digester(supervisor_pointer self, registry_services* services, std::size_t number) {
  auto child = self->spawn<caf::detached>(digester, number);
  watch(self, child, [=] { start_digester(self, services, number); });
  services->digesters[number].set(std::move(child));
}

void start_digesters(supervisor_pointer self, registry_services* services) {
  for (std::size_t number = 0; number < services->digesters.size(); ++number)
    start_digester(self, services, number);
}

/// An actor of which there is one: `Run` is its function, `Slot` the place of its handle.
template <auto Run, auto Slot>
void start(supervisor_pointer self, registry_services* services) {
  auto child = self->spawn(Run, services);
  watch(self, child, [=] { start<Run, Slot>(self, services); });
  (services->*Slot).set(std::move(child));
}

template <class Handle>
void dismiss(supervisor_pointer self, const Handle& handle) {
  if (!handle)
    return;
  self->monitor(handle);
  self->state.waiting_for.insert(handle.address());
  caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
}

template <class Handle>
void empty(supervisor_pointer self, handle_slot<Handle>& slot) {
  dismiss(self, slot.get());
  slot.set({});
}

template <auto Slot>
void dismiss_one(supervisor_pointer self, registry_services& services) {
  empty(self, services.*Slot);
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

void dismiss_digesters(supervisor_pointer self, registry_services& services) {
  for (auto& slot : services.digesters)
    empty(self, slot);
}

void dismiss_blob_stores(supervisor_pointer self, registry_services& services) {
  for (auto& slot : services.blob_stores)
    empty(self, slot);
}

/// The actors of one kind. Other actors start those without `start`.
struct kind {
  void (*start)(supervisor_pointer, registry_services*);
  void (*dismiss)(supervisor_pointer, registry_services&);
};

template <auto Run, auto Slot>
constexpr kind one{start<Run, Slot>, dismiss_one<Slot>};

/// Started from top to bottom, dismissed from bottom to top: an actor outlives those that may still
/// ask it. Each step of the shutdown waits until the actors of the previous one are gone.
constexpr kind kinds[] = {
  {start_blob_stores, dismiss_blob_stores},
  {start_digesters, dismiss_digesters},
  {nullptr, dismiss_repositories},
  {nullptr, dismiss_uploads},
  one<directory, &registry_services::directory>,
  one<collector, &registry_services::collector>,
};

void advance_shutdown(supervisor_pointer self, registry_services& services) {
  const auto is_over = [&] { return self->state.waiting_for.empty() && !self->state.dismissing; };
  while (is_over() && self->state.dismissed < std::size(kinds))
    std::rbegin(kinds)[self->state.dismissed++].dismiss(self, services);
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
      for (const auto& each : kinds)
        if (each.start)
          each.start(self, services);
      return msg::acknowledged{};
    },
    [self, services](const msg::shutdown&) -> caf::result<msg::acknowledged> {
      using promise = caf::typed_response_promise<msg::acknowledged>;
      if (self->state.stopping)
        return to_caf(fail(errc::unavailable));
      services->stopping = true;
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
