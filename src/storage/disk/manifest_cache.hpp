// The manifests of all repositories that were asked for last, within one bound.
#pragma once

#include "base/mutex.hpp"
#include "domain/storage.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gantry::storage {

/// Any thread. The least recently used goes first. Who keeps a manifest says of which version of
/// its contents it is; who looks gets it only for the same version, so that a write voids what was
/// kept by counting on.
class manifest_cache {
public:
  /// `max_bytes` of manifests, with what was parsed out of them and what managing them takes.
  explicit manifest_cache(std::size_t max_bytes) : max_shard_bytes_{max_bytes / shards} {}

  /// Null where it is not kept. `owner` tells repositories apart; `name` is a tag or a digest.
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
    /// The one used last in front.
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
