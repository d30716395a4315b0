// The repository actor: owns one repository's manifests, tags, blob links and referrers, and orders
// writes to them.
//
// Lifetime: the directory spawns it on the first request. It ends itself after it has been idle
// with no open upload. Its state is in the engine, so waking is cheap and sleeping loses nothing.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/registry_services.hpp"

#include <caf/stateful_actor.hpp>

#include <memory>
#include <vector>

namespace gantry {

/// The actor's state and decisions. Called only by the actor and by tests.
class repository_state {
public:
  static inline const char* name = "repository";

  void open(registry_services& services, const repository_name& repository, last_use_ptr used);

  /// With `lease` the manifest is kept for a while: see `msg::get_manifest`.
  result<msg::manifest_reply> find_manifest(const reference& wanted, bool lease = false);
  result<msg::tag_page> list_tags(const page_request& request) const;
  /// With `lease` the blob is kept for a while: see `msg::get_blob`.
  result<msg::blob_reply> find_blob(const digest& id, bool lease = false);

  void put_manifest(const msg::put_manifest& request, completion<msg::manifest_stored> done);
  void delete_manifest(const reference& target, completion<msg::acknowledged> done);
  void link_blob(const blob_ptr& linked, completion<msg::acknowledged> done);
  void unlink_blob(const digest& id, completion<msg::acknowledged> done);

  /// Tracks requests, writes and uploads: the repository sleeps only without any.
  void touch();
  void write_started() { ++open_writes_; }
  void write_ended() { --open_writes_; }
  void upload_opened();
  void upload_ended();
  /// Whether the limit of repositories lets this one hold a manifest. Errors: quota_reached.
  result<void> may_hold_manifests() const;
  /// Live upload sessions.
  std::size_t open_uploads() const { return open_uploads_; }
  bool may_sleep(const msg::sleep_if_idle& request) const;
  /// Whether a reset happened since it was opened.
  bool is_outdated() const { return services_->generation != generation_; }

  const repository_name& repository() const { return *repository_; }
  /// For questions that the actor passes on as they are.
  const repository_store& store() const { return *store_; }

private:
  /// Extends leases while a push continues in this repository.
  void hold();
  /// Returns the `tags` that must not move.
  std::vector<tag> immutable(const std::vector<tag>& tags) const;

  registry_services* services_ = nullptr;
  std::optional<repository_name> repository_;
  std::shared_ptr<repository_store> store_;
  std::size_t open_uploads_ = 0;
  /// Writes that the engine has not answered.
  std::size_t open_writes_ = 0;
  /// Caches that the repository is not empty.
  bool holds_something_ = false;
  std::uint64_t generation_ = 0;
  last_use_ptr used_;
};

repository_actor::behavior_type
repository(repository_actor::stateful_pointer<repository_state> self, registry_services* services,
           repository_name name, last_use_ptr used);

/// The innermost actor of every `repository_factory`.
repository_actor wake_repository(caf::local_actor& parent, registry_services& services,
                                 const repository_name& name, last_use_ptr used);

} // namespace gantry
