// Saved states of all contents of a storage engine, which tests return to.
#pragma once

#include "domain/time_point.hpp"
#include "storage/api/completion.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gantry {

struct snapshot {
  /// Counts from 1 and is never reused.
  std::uint64_t id = 0;
  time_point taken{};
  std::size_t repositories = 0;
  std::size_t manifests = 0;
  /// Blobs, each counted once, and their bytes.
  std::size_t blobs = 0;
  std::uint64_t bytes = 0;
};

/// The most snapshots at a time.
inline constexpr std::size_t max_snapshots = 100;

/// A snapshot shares manifests and blobs with the contents: neither taking nor restoring one copies
/// bytes of blobs. What it holds counts as used until it is removed. Any thread; `take` and
/// `restore` may take as long as a visit to all manifests and links.
class snapshot_engine {
public:
  virtual ~snapshot_engine() = default;

  /// Saves manifests, tags and blob links, but not open uploads and blobs without a link. Others
  /// may write meanwhile: each repository is saved as it is at one moment. Errors:
  /// too_many_snapshots, insufficient_storage.
  virtual void take(completion<snapshot> done) = 0;
  /// Oldest first. Cheap.
  virtual std::vector<snapshot> list() const = 0;
  virtual bool contains(std::uint64_t id) const = 0;
  /// Replaces all contents, as `upkeep_engine::clear` empties them. Errors: snapshot_unknown.
  virtual void restore(std::uint64_t id, completion<void> done) = 0;
  /// Errors: snapshot_unknown.
  virtual void remove(std::uint64_t id, completion<void> done) = 0;
};

} // namespace gantry
