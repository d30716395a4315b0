#include "actors/content_changes.hpp"

#include "actors/beside.hpp"
#include "storage/api/answer_of.hpp"

#include <caf/exit_reason.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace gantry {

namespace {

using pending_change = directory_state::pending_change;

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

/// Answers changes that have nothing left to wait for.
void answer_changes(directory_pointer self) {
  self->state.changes.remove_if([](auto& pending) {
    if (!pending.outcome || !pending.dismissed || !pending.waiting_for.empty())
      return false;
    if (*pending.outcome)
      pending.promise.deliver(msg::acknowledged{});
    else
      pending.promise.deliver(to_caf(pending.outcome->error()));
    return true;
  });
}

/// Lets those in who waited, in their order, until one of them begins the next change.
void end_turn(directory_pointer self) {
  self->state.changing = false;
  auto& deferred = self->state.deferred;
  while (!deferred.empty() && !self->state.changing) {
    const auto next = std::move(deferred.front());
    deferred.pop_front();
    next();
  }
}

using name_filter = std::function<bool(const repository_name&)>;

void forget_closed(registry_services& services, const name_filter& concerned) {
  for (auto* closed : {&services.finished_uploads, &services.refused_uploads}) {
    if (concerned)
      closed->clear_of(concerned);
    else
      closed->clear();
  }
}

/// Called when the new contents are in place or have failed to load.
void end_change(directory_pointer self, registry_services& services, const result<void>& outcome) {
  for (auto& pending : self->state.changes)
    if (!pending.outcome) {
      forget_closed(services, pending.concerns);
      pending.outcome = outcome;
    }
  answer_changes(self);
  end_turn(self);
}

void run_change(directory_pointer self, registry_services& services,
                const std::function<result<void>()>& work) {
  run_beside(
    self, services.options.own_threads, work,
    [self, &services](const result<void>& outcome) { end_change(self, services, outcome); });
}

/// Replaces everything by what `refill` makes. Every digest is leased until `leased_until`.
void replace(directory_pointer self, registry_services& services, const change_promise& promise,
             time_point leased_until, const std::function<result<void>()>& refill) {
  ++services.generation;
  for (const auto& shard : services.blob_stores)
    self->send(shard.get(), msg::forget_leases{leased_until});
  self->state.changing = true;
  auto& pending = self->state.changes.emplace_back();
  pending.promise = promise;
  pending.uploads = services.uploads.take();
  pending.repositories = services.repositories.take();
  run_change(self, services, refill);
  dismiss_some(self, services);
}

handle_index<upload_id, upload_entry>::contents uploads_of(registry_services& services,
                                                           const name_filter& concerned) {
  return services.uploads.take_if(
    [&](const upload_id&, const upload_entry& each) { return concerned(each.repository); });
}

/// Begins the work that has waited for actors. A repository may have started an upload before it
/// ended, so the uploads are looked at again.
void begin_when_gone(directory_pointer self, registry_services& services) {
  auto& changes = self->state.changes;
  const auto next = std::ranges::find_if(changes, [](const pending_change& each) {
    return each.when_gone && each.dismissed && each.waiting_for.empty();
  });
  if (next == changes.end())
    return;
  next->uploads = uploads_of(services, next->concerns);
  next->dismissed = next->uploads.is_empty();
  if (next->dismissed)
    run_change(self, services, std::exchange(next->when_gone, nullptr));
  else
    dismiss_some(self, services);
}

} // namespace

void dismiss_some(directory_pointer self, registry_services& services) {
  bool more = false;
  for (auto& pending : self->state.changes) {
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
  begin_when_gone(self, services);
  answer_changes(self);
}

void note_end(directory_pointer self, registry_services& services, const caf::actor_addr& gone) {
  for (auto& pending : self->state.changes)
    pending.waiting_for.erase(gone);
  begin_when_gone(self, services);
  answer_changes(self);
}

void reset(directory_pointer self, registry_services& services, const change_promise& promise) {
  replace(self, services, promise, {}, [&services]() -> result<void> {
    auto cleared = answer_of(services.engine.upkeep(), &upkeep_engine::clear);
    return cleared ? seed(services) : cleared;
  });
}

namespace {

// The generation stays, because other repositories go on. So the actors end before their content
// changes: what they have submitted is then changed with the rest.
void change_some(directory_pointer self, registry_services& services, const name_filter& concerned,
                 const std::function<result<void>()>& work, const change_promise& promise) {
  self->state.changing = true;
  auto& pending = self->state.changes.emplace_back();
  pending.promise = promise;
  pending.concerns = concerned;
  pending.when_gone = work;
  pending.uploads = uploads_of(services, concerned);
  pending.repositories = services.repositories.take_if(
    [&](const repository_name& name, const auto&) { return concerned(name); });
  dismiss_some(self, services);
}

} // namespace

void reset_within(directory_pointer self, registry_services& services, const repository_name& top,
                  const change_promise& promise) {
  change_some(
    self, services, [top](const repository_name& name) { return is_within(name, top); },
    [&services, top] {
      return answer_of(services.engine.upkeep(), &upkeep_engine::clear_within, top);
    },
    promise);
}

void rename(directory_pointer self, registry_services& services, const msg::rename_repository& how,
            const change_promise& promise) {
  change_some(
    self, services,
    [how](const repository_name& name) { return name == how.from || name == how.to; },
    [&services, how] {
      return answer_of(services.engine.metadata(), &metadata_engine::rename, how.from, how.to,
                       services.immutable_tags);
    },
    promise);
}

result<snapshot_engine*> find_snapshots(registry_services& services) {
  if (auto* snapshots = services.engine.snapshots())
    return snapshots;
  return fail(errc::memory_only, "a data folder has no snapshots");
}

void restore(directory_pointer self, registry_services& services, std::uint64_t id,
             const change_promise& promise) {
  const auto snapshots = find_snapshots(services);
  if (!snapshots)
    return deliver<msg::acknowledged>(promise, snapshots.error());
  if (!(*snapshots)->contains(id))
    return deliver<msg::acknowledged>(promise, fail(errc::snapshot_unknown, std::to_string(id)));
  // As if everything had just been pushed.
  replace(self, services, promise, services.now() + services.options.blob_lease,
          [saved = *snapshots, id] { return answer_of(*saved, &snapshot_engine::restore, id); });
}

void take_snapshot(directory_pointer self, registry_services& services,
                   const caf::typed_response_promise<msg::snapshot_reply>& promise) {
  self->state.changing = true;
  const auto take = [&services]() -> result<msg::snapshot_reply> {
    const auto snapshots = find_snapshots(services);
    if (!snapshots)
      return snapshots.error();
    auto taken = answer_of(**snapshots, &snapshot_engine::take);
    if (!taken)
      return std::move(taken).error();
    return msg::snapshot_reply{*taken};
  };
  run_beside(self, services.options.own_threads, take,
             [self, promise](result<msg::snapshot_reply> outcome) {
               deliver(promise, std::move(outcome));
               end_turn(self);
             });
}

} // namespace gantry
