// Where an upload is cut off.
#pragma once

#include <cstdint>
#include <vector>

namespace gantry::bench {

/// Up to `count` different places of an upload of `size` bytes, in order: as many bytes have been
/// sent by then. All lie inside of it, and not at the beginning of a chunk. Fewer where there are
/// not so many such places. The same seed and number give the same places.
std::vector<std::uint64_t> draw_cuts(std::uint64_t seed, std::uint64_t number, std::uint32_t count,
                                     std::uint64_t size, std::uint64_t chunk_size);

} // namespace gantry::bench
