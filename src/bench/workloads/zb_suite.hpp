// The tests of zot's benchmark `zb`, by their original names.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::bench {

enum class zb_kind : std::uint8_t { catalog, push_monolith, push_chunk, pull, pull_and_push };

/// Bytes of a layer.
inline constexpr std::array<std::uint64_t, 3> zb_sizes{1024 * 1024, 10 * 1024 * 1024,
                                                       100 * 1024 * 1024};

struct zb_test {
  std::string_view name;
  zb_kind kind;
  /// The share of each size, in percent.
  std::array<std::uint32_t, zb_sizes.size()> shares;
};

/// Percent of the requests of `zb_kind::pull_and_push` that are pulls.
inline constexpr std::uint64_t zb_pulls = 75;

/// All tests that need a single registry.
std::span<const zb_test> zb_tests() noexcept;
/// The test of that name. Null if there is none.
const zb_test* find_zb_test(std::string_view name) noexcept;
/// The tests with these names, each once and in the order of the suite. All tests if no names are
/// given. Throws std::invalid_argument for an unknown name.
std::vector<const zb_test*> choose_zb_tests(const std::vector<std::string>& names);
/// The index of the size for a random number.
std::size_t pick_zb_size(const zb_test& test, std::uint64_t random) noexcept;

} // namespace gantry::bench
