// The handles of a running registry, through which the actors and the HTTP front end find each
// other.
#pragma once

#include "actors/blob_store_keeper.hpp"
#include "actors/closed_uploads.hpp"
#include "actors/collection_totals.hpp"
#include "actors/handle_index.hpp"
#include "actors/interfaces.hpp"
#include "actors/options.hpp"
#include "base/mutex.hpp"
#include "domain/digest.hpp"
#include "domain/repository_name.hpp"
#include "domain/tag_patterns.hpp"
#include "domain/upload_id.hpp"
#include "storage/api/engine.hpp"

#include <caf/local_actor.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace gantry {

/// The handle of an actor that may be restarted. Thread-safe.
template <class Handle>
class handle_slot {
public:
  Handle get() const {
    const lock_guard lock{mutex_};
    return handle_;
  }
  void set(Handle next) {
    const lock_guard lock{mutex_};
    std::swap(handle_, next); // the old handle is destroyed after the lock is released
  }

private:
  mutable mutex mutex_;
  Handle handle_ GANTRY_GUARDED_BY(mutex_);
};

/// An open upload and its repository; no other repository may see it.
struct upload_entry {
  repository_name repository;
  upload_session_actor session;
};

/// Increments a counter for its lifetime.
class counted {
public:
  explicit counted(std::atomic<std::size_t>& all) : all_{&all} { ++all; }
  counted(counted&& other) noexcept : all_{std::exchange(other.all_, nullptr)} {}
  counted& operator=(counted&& other) noexcept {
    std::swap(all_, other.all_);
    return *this;
  }
  ~counted() {
    if (all_)
      --*all_;
  }

private:
  std::atomic<std::size_t>* all_;
};

struct registry_services;

/// Wakes a repository's actor for the directory, which monitors it. May return a decorator that
/// forwards to the actor that `wake_repository` returns.
using repository_factory =
  std::function<repository_actor(caf::local_actor& directory, registry_services& around,
                                 const repository_name& name, last_use_ptr used)>;

/// Outlives every actor; owned by the application. Filled and emptied by the supervisor.
struct registry_services {
  registry_services(storage_engine& storage, actor_options settings)
    : engine{storage},
      options{std::move(settings)},
      immutable_tags{std::make_shared<const tag_patterns>(options.immutable_tags)},
      finished_uploads{options.finished_uploads},
      refused_uploads{{options.upload_expiry, options.refused_entries, options.refused_bytes}},
      blob_stores(options.blob_shards),
      released(options.blob_shards),
      digesters(options.digesters) {
    engine.set_keeper(&keeper);
  }
  registry_services(const registry_services&) = delete;
  registry_services& operator=(const registry_services&) = delete;
  ~registry_services() { engine.set_keeper(nullptr); }

  storage_engine& engine;
  const actor_options options;
  const std::shared_ptr<const tag_patterns> immutable_tags;
  /// The clock for leases and expiry; tests replace it before the actors start.
  std::function<time_point()> now = [] { return std::chrono::system_clock::now(); };

  /// If empty, `wake_repository` is used. Set before the actors start.
  repository_factory make_repository;

  handle_index<repository_name, repository_actor> repositories;
  handle_index<upload_id, upload_entry> uploads;
  /// Raised by a reset: work that began before it must not continue.
  std::atomic<std::uint64_t> generation{0};
  /// Live sessions. Together with the uploads that the engine has saved, these are all open
  /// uploads.
  std::atomic<std::size_t> awake_uploads{0};
  /// Bytes of whole uploads that sessions hashed on their own thread: see
  /// `actor_options::hash_part`.
  std::atomic<std::uint64_t> hashed_in_place{0};
  /// Bytes of uploads that sessions, and digesters beside them, have hashed.
  std::atomic<std::uint64_t> hashed_by_sessions{0};
  std::atomic<std::uint64_t> hashed_by_digesters{0};
  collection_totals collected;
  closed_uploads finished_uploads;
  closed_uploads refused_uploads;
  handle_slot<directory_actor> directory;
  handle_slot<collector_actor> collector;
  std::vector<handle_slot<blob_store_actor>> blob_stores;
  std::vector<released_digests> released;
  blob_store_keeper keeper{*this};
  std::vector<handle_slot<digester_actor>> digesters;
  /// Set when the registry stops, to end long-running work early.
  std::atomic<bool> stopping{false};

  /// Uploads that count against `max_uploads`.
  std::size_t open_uploads() const { return awake_uploads + engine.uploads().saved_uploads(); }
  /// The outcome of a closed upload, if it is remembered.
  std::optional<closed_upload> find_closed(const upload_id& id,
                                           const repository_name& repository) const {
    if (auto refused = refused_uploads.find(id, repository, now()))
      return refused;
    return finished_uploads.find(id, repository, now());
  }

  /// The same in every process, unlike `std::hash`: a simulation is to be repeated to the letter.
  std::size_t shard_of(const digest& id) const noexcept {
    return id.bytes().back() % blob_stores.size();
  }
  /// The blob store for `id`.
  blob_store_actor blob_store(const digest& id) const { return blob_stores[shard_of(id)].get(); }
  /// The digester for this upload, or null if there are none.
  digester_actor digester(const upload_id& id) const {
    return digesters.empty() ? digester_actor{}
                             : digesters[std::hash<upload_id>{}(id) % digesters.size()].get();
  }
};

} // namespace gantry
