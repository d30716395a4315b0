// The sizes of image layers.
#pragma once

#include "domain/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::bench {

/// One size for all layers, several that layers take in turn, or a range to choose from at random.
/// A value.
class layer_sizes {
public:
  /// In bytes: the size of the unique end of a layer.
  static constexpr std::uint64_t least = 48;
  static constexpr std::uint64_t largest = 1'000'000'000'000'000;

  /// The same size for all: bytes, at least `least`.
  explicit layer_sizes(std::uint64_t each = 1024 * 1024);
  /// Reads `1MiB`, `1KiB,64KiB` (in turn) or `1KiB..1MiB` (each order of magnitude equally likely).
  /// Units are B, KiB, MiB, GiB, TiB; 1 KB is 1024 bytes. Errors: size_invalid (another form, a
  /// size outside of `least`…`largest`, a range that ends before it starts).
  static result<layer_sizes> parse(std::string_view text);

  /// Bytes of a layer. The same arguments give the same size.
  std::uint64_t of(std::uint64_t seed, std::uint64_t number, std::uint32_t layer) const noexcept;
  /// All possible sizes, ascending, without duplicates. A range has at most 256 steps.
  std::vector<std::uint64_t> all() const;
  /// In bytes; `parse` reads it.
  std::string to_string() const;

private:
  /// Taken in turn, or the steps of a range.
  std::vector<std::uint64_t> sizes_;
  bool random_ = false;
};

} // namespace gantry::bench
