// A bounded cache of the most recently read manifests of all repositories.
#pragma once

#include "base/mutex.hpp"
#include "domain/manifest.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gantry::storage {

/// Thread-safe LRU cache. Entries carry the version of the contents they were read from and are
/// found only under the same version, so a write invalidates them by raising the version.
class manifest_cache {
public:
  /// `max_bytes` covers manifests, their parsed fields and the cache's own nodes.
  explicit manifest_cache(std::size_t max_bytes) : max_shard_bytes_{max_bytes / shards} {}

  /// Null if not cached. `owner` identifies the repository; `name` is a tag or a digest.
  manifest_ptr find(std::uint64_t owner, std::uint64_t version, const std::string& name);
  void keep(std::uint64_t owner, std::uint64_t version, const std::string& name,
            manifest_ptr value);

  std::size_t bytes() const;

private:
  static constexpr std::size_t shards = 4;

  struct entry {
    std::string key;
    std::uint64_t version;
    manifest_ptr value;
    std::size_t cost;
  };

  struct shard {
    mutable gantry::mutex mutex;
    /// Most recently used first.
    std::list<entry> entries GANTRY_GUARDED_BY(mutex);
    std::unordered_map<std::string_view, std::list<entry>::iterator>
      by_key GANTRY_GUARDED_BY(mutex);
    std::size_t bytes GANTRY_GUARDED_BY(mutex) = 0;

    void drop(std::list<entry>::iterator gone, std::list<entry>& to) GANTRY_REQUIRES(mutex);
  };

  static std::string key_of(std::uint64_t owner, const std::string& name);
  shard& shard_of(const std::string& key) noexcept;

  const std::size_t max_shard_bytes_;
  std::array<shard, shards> shards_;
};

} // namespace gantry::storage
