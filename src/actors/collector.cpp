#include "actors/collector.hpp"

#include "actors/dispatch.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <utility>

namespace gantry {

namespace {

using collector_pointer = collector_actor::stateful_pointer<collector_state>;

void count(registry_services& services, const result<gc_report>& outcome, bool dry_run) {
  if (!outcome)
    ++services.collected.errors;
  else if (dry_run)
    ++services.collected.dry_runs;
  else
    services.collected.add(*outcome, services.now());
}

/// Ends now, or when the engine has stopped working: it uses the services.
void leave_when_idle(collector_pointer self) {
  if (self->state.leaving && !self->state.is_working())
    self->quit(*self->state.leaving);
}

/// Of what the registry has for its content; absent if that is unknown.
std::optional<std::uint64_t> tenth_of(const storage_room& room) {
  if (room.limit)
    return *room.limit / 10;
  return room.free ? std::optional{(room.used + *room.free) / 10} : std::nullopt;
}

void end(collector_pointer self, registry_services* services, const result<gc_report>& outcome) {
  auto& state = self->state;
  state.running.reset();
  count(*services, outcome, state.running_dry);
  if (outcome)
    state.last = *outcome;
  else
    telemetry::log().error("the garbage collection failed: {}", to_string(outcome.error().code));
  for (auto& promise : std::exchange(state.waiting, {})) {
    if (outcome)
      promise.deliver(msg::collection_reply{*outcome});
    else
      promise.deliver(to_caf(outcome.error()));
  }
  leave_when_idle(self);
}

void start(collector_pointer self, registry_services* services, bool dry_run) {
  const auto seen = std::make_shared<collector_state::progress>();
  self->state.running = seen;
  self->state.running_dry = dry_run;
  auto policy = services->options.gc;
  if (!policy.undo_space)
    policy.undo_space = tenth_of(services->engine.upkeep().room());
  policy.upload_expiry = services->options.upload_expiry;
  policy.dry_run = dry_run;
  const auto note = [services, seen](std::uint64_t done, std::uint64_t total) {
    seen->done = done;
    seen->total = total;
    return !services->stopping;
  };
  when_answered<gc_report>(
    self, [&](auto done) { services->engine.upkeep().collect(policy, note, std::move(done)); },
    [self, services](const result<gc_report>& outcome) { end(self, services, outcome); });
}

void end_scrub(collector_pointer self, const result<scrub_report>& outcome) {
  self->state.scrubbing = false;
  if (outcome)
    telemetry::log().info("scrub: {} blobs read, {} bytes; {} damaged", outcome->blobs,
                          outcome->bytes, outcome->damaged);
  else
    telemetry::log().error("the scrub failed: {}", to_string(outcome.error().code));
  leave_when_idle(self);
}

/// Whether work that was planned for `due` must begin. If the clock was set back, an interval is
/// the longest wait.
bool is_due(time_point& due, time_point now, std::chrono::milliseconds interval) {
  due = std::min<time_point>(due, now + interval);
  return now >= due;
}

void start_scrub_if_due(collector_pointer self, registry_services* services, time_point now) {
  auto& state = self->state;
  const auto interval = services->options.scrub_interval;
  if (interval.count() == 0 || state.scrubbing || !is_due(state.next_scrub, now, interval))
    return;
  state.next_scrub = now + interval;
  state.scrubbing = true;
  when_answered<scrub_report>(
    self,
    [&](auto done) {
      services->engine.upkeep().scrub(
        services->options.scrub_rate,
        [services](std::uint64_t, std::uint64_t) { return !services->stopping; }, std::move(done));
    },
    [self](const result<scrub_report>& outcome) { end_scrub(self, outcome); });
}

void end_sweep(collector_pointer self) {
  self->state.sweeping.reset();
  for (auto& promise : std::exchange(self->state.catching_up, {}))
    promise.deliver(msg::acknowledged{});
}

/// One slice of a sweep: expires uploads and puts repositories to sleep.
void sweep(collector_pointer self, registry_services* services) {
  if (!self->state.sweeping)
    return;
  const auto now = *self->state.sweeping;
  const auto& options = services->options;
  const auto uploads =
    services->uploads.idle(now - options.upload_expiry, sweep_slice, options.collect_interval);
  for (const auto& upload : uploads.found)
    self->send(upload.session, msg::expire_upload{now});
  const auto repositories = services->repositories.idle(now - options.repository_idle, sweep_slice,
                                                        options.repository_idle);
  for (const auto& handle : repositories.found)
    self->send(handle, msg::sleep_if_idle{now});
  if (uploads.more || repositories.more)
    self->delayed_send(self, slice_pause, msg::next_slice{});
  else
    end_sweep(self);
}

/// Continues the sweep, and starts a garbage collection or a scrub if one is due.
void tick(collector_pointer self, registry_services* services) {
  const auto now = services->now();
  const bool busy = self->state.sweeping.has_value();
  self->state.sweeping = now;
  if (!busy)
    sweep(self, services);
  const auto interval = services->options.gc_interval;
  if (interval.count() > 0 && !self->state.running &&
      is_due(self->state.next_collection, now, interval)) {
    self->state.next_collection = now + interval;
    start(self, services, false);
  }
  start_scrub_if_due(self, services, now);
}

caf::result<msg::acknowledged> catch_up(collector_pointer self, registry_services* services) {
  auto promise = self->make_response_promise<caf::typed_response_promise<msg::acknowledged>>();
  self->state.catching_up.push_back(promise);
  tick(self, services);
  return promise;
}

caf::result<msg::collection_reply> collect_garbage(collector_pointer self,
                                                   registry_services* services, bool dry_run) {
  auto& state = self->state;
  if (state.running && state.running_dry != dry_run)
    return to_caf(fail(errc::unavailable, "another garbage collection is running"));
  auto promise = self->make_response_promise<caf::typed_response_promise<msg::collection_reply>>();
  state.waiting.push_back(promise);
  if (!state.running)
    start(self, services, dry_run);
  return promise;
}

msg::gc_status status(const collector_state& state) {
  msg::gc_status now{state.running != nullptr, 0, 0, state.last};
  if (state.running) {
    now.done = state.running->done;
    now.total = state.running->total;
  }
  return now;
}

} // namespace

collector_actor::behavior_type collector(collector_pointer self, registry_services* services) {
  const auto interval = services->options.collect_interval;
  self->state.next_collection = services->now() + services->options.gc_interval;
  self->delayed_send(self, interval, msg::tick{});
  self->set_exit_handler([self](const caf::exit_msg& asked) {
    self->state.leaving = asked.reason;
    leave_when_idle(self);
  });
  return {
    [self, services, interval](const msg::tick&) {
      tick(self, services);
      self->delayed_send(self, interval, msg::tick{});
    },
    [self, services](const msg::catch_up&) { return catch_up(self, services); },
    [self, services](const msg::next_slice&) { sweep(self, services); },
    [self, services](const msg::collect_garbage& m) {
      return collect_garbage(self, services, m.dry_run);
    },
    [self](const msg::get_gc_status&) { return status(self->state); },
    [](const msg::resume& m) { m.run(); },
  };
}

} // namespace gantry
