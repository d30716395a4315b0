// Where actors and the HTTP front end find each other: the handles of a running registry.
#pragma once

#include "actors/handle_index.hpp"
#include "actors/interfaces.hpp"
#include "actors/options.hpp"
#include "domain/storage.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace gantry {

/// The handle of an actor that may be restarted. Any thread.
template <class Handle>
class handle_slot {
public:
  Handle get() const {
    std::scoped_lock lock{mutex_};
    return handle_;
  }
  void set(Handle next) {
    std::scoped_lock lock{mutex_};
    std::swap(handle_, next); // `next` dies after the lock
  }

private:
  mutable std::mutex mutex_;
  Handle handle_;
};

/// An open upload and the repository that it belongs to: no other may see it.
struct upload_entry {
  repository_name repository;
  upload_session_actor session;
};

/// Outlives every actor; owned by the application. The supervisor fills it and empties it.
struct services {
  services(storage_engine& storage, actor_options settings)
    : engine{storage},
      options{std::move(settings)},
      blob_stores(options.blob_shards),
      digesters(options.digesters) {}

  storage_engine& engine;
  const actor_options options;
  /// The clock of leases and expiry; tests put their own here before the actors start.
  std::function<time_point()> now = [] { return std::chrono::system_clock::now(); };

  handle_index<repository_name, repository_actor> repositories;
  handle_index<upload_id, upload_entry> uploads;
  handle_slot<directory_actor> directory;
  handle_slot<collector_actor> collector;
  std::vector<handle_slot<blob_store_actor>> blob_stores;
  std::vector<handle_slot<digester_actor>> digesters;
  /// Set when the registry stops: what runs long ends early.
  std::atomic<bool> stopping{false};

  /// The blob store that `id` belongs to.
  blob_store_actor blob_store(const digest& id) const {
    return blob_stores[std::hash<digest>{}(id) % blob_stores.size()].get();
  }
  /// The digester that hashes this upload, if there are any.
  digester_actor digester(const upload_id& id) const {
    return digesters.empty() ? digester_actor{}
                             : digesters[std::hash<upload_id>{}(id) % digesters.size()].get();
  }
};

} // namespace gantry
