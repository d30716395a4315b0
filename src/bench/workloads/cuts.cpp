#include "bench/workloads/cuts.hpp"

#include "bench/seeded_random.hpp"

#include <algorithm>

namespace gantry::bench {

std::vector<std::uint64_t> choose_cuts(std::uint64_t seed, std::uint64_t number,
                                       std::uint32_t count, std::uint64_t size,
                                       std::uint64_t chunk_size) {
  // Only offsets inside chunks count: a chunk of n bytes has n - 1 of them.
  const auto whole_chunks = size / chunk_size;
  const auto rest = size % chunk_size;
  const auto places = whole_chunks * (chunk_size - 1) + (rest > 0 ? rest - 1 : 0);
  std::vector<std::uint64_t> cuts;
  for (std::uint64_t which = 0; cuts.size() < std::min<std::uint64_t>(count, places); ++which) {
    const auto place = seeded_random(seed, number, which) % places;
    const auto chunk = place / (chunk_size - 1);
    const auto at = chunk * chunk_size + place % (chunk_size - 1) + 1;
    const auto behind = std::ranges::lower_bound(cuts, at);
    if (behind == cuts.end() || *behind != at)
      cuts.insert(behind, at);
  }
  return cuts;
}

} // namespace gantry::bench
