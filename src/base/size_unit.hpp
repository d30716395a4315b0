// Units of sizes, as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gantry {

/// In ascending order; each stands for 1024 of the one before, the first for 1024 bytes.
inline constexpr std::string_view size_prefixes = "kmgtpe";

/// Bytes in one of `unit`: `KiB`, `MB`, `g` in either case, or `B` or nothing for single bytes.
/// 1 KB is 1024 bytes. Absent if there is no such unit.
std::optional<std::uint64_t> bytes_in(std::string_view unit) noexcept;

} // namespace gantry
