// The repository actor: owns one repository's manifests, tags, blob links and referrers, and orders
// writes to them.
//
// Lifetime: the directory spawns it on the first request. It ends itself after it has been idle
// with no open upload. Its state is in the engine, so waking is cheap and sleeping loses nothing.
#pragma once

#include "actors/dispatch.hpp"
#include "actors/interfaces.hpp"
#include "actors/registry_services.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace gantry {

/// The actor's state and decisions. Called only by the actor and by tests.
class repository_state {
public:
  static inline const char* name = "repository";

  void open(registry_services& services, const repository_name& repository, last_use_ptr used);

  /// With `lease` the manifest is kept for a while: see `msg::get_manifest`.
  void find_manifest(const reference& wanted, bool lease, completion<manifest_ptr> done);
  /// For a push in progress: see `repository_store::hold_until`.
  void hold();

  void put_manifest(const msg::put_manifest& request, completion<missing_references> done);
  void delete_manifest(const msg::delete_manifest& request, completion<void> done);
  void copy_manifests(const msg::copy_manifests& request, completion<change_summary> done);
  void delete_manifests(const msg::delete_manifests& request, completion<change_summary> done);
  void expire(const msg::expire_tags& request, completion<change_summary> done);
  void undo(const msg::undo& request, completion<std::vector<history_entry>> done);
  void link_blob(const blob_ptr& linked, completion<void> done);
  void unlink_blob(const digest& id, completion<void> done);

  /// Tracks requests, calls of the engine and uploads: the repository sleeps only without any.
  void touch();
  void call_started() { ++open_calls_; }
  void call_ended() { --open_calls_; }
  void upload_opened();
  void upload_ended();
  /// Live upload sessions.
  std::size_t open_uploads() const { return open_uploads_; }
  /// Whether nothing keeps it awake but its idle time.
  bool is_unused() const { return open_uploads_ == 0 && open_calls_ == 0; }
  /// Whether it has been idle for so long that it sleeps even if it holds something.
  bool is_idle(const msg::sleep_if_idle& request) const;
  /// Whether a reset happened since it was opened.
  bool is_outdated() const { return services_->generation != generation_; }

  const repository_name& repository() const { return *repository_; }
  /// For questions that the actor passes on as they are.
  const repository_store& store() const { return *store_; }

private:
  removal removal_of(const changer_ptr& by, bool purge) const;
  /// Returns the `tags` that must not move.
  std::vector<tag> immutable(const std::vector<tag>& tags) const;

  registry_services* services_ = nullptr;
  std::optional<repository_name> repository_;
  std::shared_ptr<repository_store> store_;
  std::size_t open_uploads_ = 0;
  /// Calls that the engine has not answered.
  std::size_t open_calls_ = 0;
  std::uint64_t generation_ = 0;
  last_use_ptr used_;
};

/// Calls `start(completion)` for an engine, then `next(outcome)`: see `when_answered`. The
/// repository stays awake meanwhile, because one that slept would never answer.
template <class T, class Start, class Next>
void ask_engine(repository_actor::stateful_pointer<repository_state> self, Start start, Next next) {
  self->state.call_started();
  when_answered<T>(self, std::move(start),
                   [self, next = std::move(next)](result<T> outcome) mutable {
                     self->state.call_ended();
                     next(std::move(outcome));
                   });
}

repository_actor::behavior_type
repository(repository_actor::stateful_pointer<repository_state> self, registry_services* services,
           repository_name name, last_use_ptr used);

/// The innermost actor of every `repository_factory`.
repository_actor wake_repository(caf::local_actor& parent, registry_services& services,
                                 const repository_name& name, last_use_ptr used);

} // namespace gantry
