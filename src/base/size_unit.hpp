// Units of sizes, as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gantry {

/// In ascending order: the first stands for 1024 bytes, each further one for 1024 times more.
inline constexpr std::string_view size_prefixes = "kmgtpe";

/// The number of bytes in a unit: `KiB`, `MB`, `g` in any case, or `B` or nothing for single bytes.
/// 1 KB is 1024 bytes. Empty if the unit is unknown.
std::optional<std::uint64_t> bytes_in(std::string_view unit) noexcept;

} // namespace gantry
