// The offsets at which an upload loses its connection.
#pragma once

#include <cstdint>
#include <vector>

namespace gantry::bench {

/// Chooses up to `count` different offsets in an upload of `size` bytes, ascending. All are inside
/// a chunk, not at its start; a short upload has fewer. The same seed and number give the same
/// offsets.
std::vector<std::uint64_t> choose_cuts(std::uint64_t seed, std::uint64_t number,
                                       std::uint32_t count, std::uint64_t size,
                                       std::uint64_t chunk_size);

} // namespace gantry::bench
