// What the actors are told when they start.
#pragma once

#include "actors/closed_uploads.hpp"
#include "domain/storage.hpp"
#include "domain/upload.hpp"
#include "domain/validation.hpp"

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
  /// Uploads that may be open at a time, those counted that an engine has saved; zero for no limit.
  std::size_t max_uploads = 20'000;
  /// What became of finished uploads, for clients that missed the answer.
  closed_uploads::limits finished_uploads{std::chrono::minutes{10}, 32 * 1024, 8 * 1024 * 1024};
  /// Uploads that were refused for want of room give the same answer until they would have expired:
  /// `kept` is `upload_expiry`.
  std::size_t refused_entries = 32 * 1024;
  std::size_t refused_bytes = 8 * 1024 * 1024;
  /// An upload that nobody touched for this long is dropped.
  std::chrono::milliseconds upload_expiry = std::chrono::hours{24};
  /// A chunk that is open and has brought nothing for this long gives way to a request that starts
  /// where the upload stands.
  std::chrono::milliseconds chunk_silence = std::chrono::seconds{2};
  /// A repository that nobody asked for this long is put to sleep.
  std::chrono::milliseconds repository_idle = std::chrono::minutes{5};
  /// Repositories that may be awake at a time: beyond it those idle longest are put to sleep,
  /// unless they are at work. Zero for no limit.
  std::size_t max_awake = 10'000;
  /// How often the collector looks at uploads and idle repositories.
  std::chrono::milliseconds collect_interval = std::chrono::seconds{10};
  /// How long a blob stays that a push may count on: see `blob_engine::renew_lease`.
  std::chrono::milliseconds blob_lease = std::chrono::hours{1};
  /// How often garbage is collected; zero for never, unless somebody asks for it.
  std::chrono::milliseconds gc_interval = std::chrono::hours{1};
  /// What a collection may take; its upload expiry is the one above.
  gc_policy gc;
  /// How often all blobs are read back and compared with their digests; zero for never.
  std::chrono::milliseconds scrub_interval{0};
  /// Bytes a second that this may read.
  std::uint64_t scrub_rate = 10 * 1024 * 1024;
  /// Blob store actors; a digest belongs to one of them.
  std::size_t blob_shards = 8;
  /// Digester actors, each with a thread: they hash uploads beside the threads that take them, from
  /// `hash_beside` bytes of an upload on. Zero: all hashing is done where the bytes arrive.
  std::size_t digesters = 0;
  /// Less than that is hashed sooner than another thread is woken.
  std::uint64_t hash_beside = 1024 * 1024;
  /// What must be hashed as a whole (its digest is of another algorithm, or it comes from another
  /// run of the machine) is done by a digester, if there are any, above this many bytes, and in
  /// parts of that many.
  std::uint64_t hash_part = 1024 * 1024;
  /// Repositories that may hold manifests; zero for no limit.
  std::size_t max_repositories = 0;
  /// Tags that match one of these shell patterns never move once they are set.
  std::vector<std::string> immutable_tags;
  /// Whether work that takes long has a thread of its own; only a test whose scheduler knows of no
  /// thread does without.
  bool own_threads = true;
  /// Fills an empty engine: called before the server listens and after each reset. May be empty.
  std::function<void()> seed;
};

} // namespace gantry
