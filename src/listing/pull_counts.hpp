// Counts pulls until they are written down.
#pragma once

#include "base/mutex.hpp"
#include "domain/time_point.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::listing {

/// Pulls of one tag or digest.
struct counted_pulls {
  std::string repository;
  /// A tag or a digest.
  std::string reference;
  std::uint64_t count = 0;
  time_point last = {};
};

/// Any thread. A pull costs one lock that is rarely contended, and no allocation if its reference
/// was counted already.
class pull_counts {
public:
  /// The most references between two `take`; pulls of others are then not counted.
  static constexpr std::size_t max_references = 262'144;

  /// `told` is called, on any thread, by the first pull after a `take`. It must not block.
  explicit pull_counts(std::function<void()> told) : told_{std::move(told)} {}

  void count(std::string_view repository, std::string_view reference, time_point when);

  /// All that was counted since the last call, in no order.
  std::vector<counted_pulls> take();

private:
  using pair_of_views = std::pair<std::string_view, std::string_view>;
  struct bytewise {
    using is_transparent = void;
    bool operator()(const auto& left, const auto& right) const noexcept {
      return pair_of_views{left.first, left.second} < pair_of_views{right.first, right.second};
    }
  };
  struct counted {
    std::uint64_t count = 0;
    time_point last = {};
  };
  struct shard {
    mutex guard;
    std::map<std::pair<std::string, std::string>, counted, bytewise> pulls GANTRY_GUARDED_BY(guard);
  };

  static constexpr std::size_t shard_count = 16;

  const std::function<void()> told_;
  std::atomic<bool> has_told_{false};
  std::array<shard, shard_count> shards_;
};

} // namespace gantry::listing
