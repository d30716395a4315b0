// Options of the actors.
#pragma once

#include "actors/closed_uploads.hpp"
#include "domain/upload.hpp"
#include "domain/validation.hpp"
#include "storage/api/upkeep.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace gantry {

struct actor_options {
  validation_policy validation;
  upload_limits uploads;
  /// The most open uploads, including those that an engine has saved; zero means no limit.
  std::size_t max_uploads = 20'000;
  /// The most live upload sessions of one repository; zero for no limit of its own.
  std::size_t max_uploads_per_repository = 0;
  /// Bounds of the memory of finished uploads, for clients that missed the answer.
  closed_uploads::limits finished_uploads{std::chrono::minutes{10}, 32 * 1024, 8 * 1024 * 1024};
  /// Uploads refused because storage is full keep giving that answer until they would have expired:
  /// `kept` is `upload_expiry`.
  std::size_t refused_entries = 32 * 1024;
  std::size_t refused_bytes = 8 * 1024 * 1024;
  /// An upload is dropped after this long without a request.
  std::chrono::milliseconds upload_expiry = std::chrono::hours{24};
  /// An open chunk that has received nothing for this long yields to a request that continues at
  /// the upload's offset.
  std::chrono::milliseconds chunk_silence = std::chrono::seconds{2};
  /// A repository goes to sleep after this long without a request.
  std::chrono::milliseconds repository_idle = std::chrono::minutes{5};
  /// The most repositories that may be awake: beyond it the longest idle go to sleep, unless they
  /// are busy. Zero means no limit.
  std::size_t max_awake = 10'000;
  /// How often the collector looks for expired uploads and idle repositories.
  std::chrono::milliseconds collect_interval = std::chrono::seconds{10};
  /// How long a blob stays that a push may rely on: see `lease_table`.
  std::chrono::milliseconds blob_lease = std::chrono::hours{1};
  /// How often garbage is collected; zero means only on request.
  std::chrono::milliseconds gc_interval = std::chrono::hours{1};
  /// What a collection may remove; `upload_expiry` above overrides its own.
  gc_policy gc;
  /// How often all blobs are reread and compared with their digests; zero means never.
  std::chrono::milliseconds scrub_interval{0};
  /// The scrub's read rate in bytes per second.
  std::uint64_t scrub_rate = 10 * 1024 * 1024;
  /// Blob store actors; each digest belongs to one of them.
  std::size_t blob_shards = 8;
  /// Digester actors, each with a thread. They hash the bytes of an upload beyond the first
  /// `hash_beside` on another thread. Zero: bytes are hashed where they arrive.
  std::size_t digesters = 0;
  /// Hashing fewer bytes is faster than waking another thread.
  std::uint64_t hash_beside = 1024 * 1024;
  /// A whole upload must be hashed again if its digest uses another algorithm or the machine has
  /// rebooted. Above this many bytes a digester does that, if there is one, in parts of this size.
  std::uint64_t hash_part = 1024 * 1024;
  /// The most repositories that may hold manifests; zero means no limit.
  std::size_t max_repositories = 0;
  /// Tags that match one of these shell patterns cannot be moved once set.
  std::vector<std::string> immutable_tags;
  /// Whether slow work runs on separate threads; false only in tests whose scheduler has none.
  bool own_threads = true;
  /// Seeds an empty engine, before the server listens and after each reset. May be empty.
  std::function<void()> seed;
};

/// By how much a push in progress prolongs the leases of its repository at most. A lease lasts no
/// longer than an upload may, whatever goes on there.
inline std::chrono::milliseconds longest_hold(const actor_options& options) {
  return std::max(options.upload_expiry - options.blob_lease, std::chrono::milliseconds{0});
}

} // namespace gantry
