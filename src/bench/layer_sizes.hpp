// How large the layers of images are.
#pragma once

#include "domain/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::bench {

/// One size for all, several that the layers of an image take in turn, or a range that they are
/// drawn from. A value.
class layer_sizes {
public:
  /// Bytes that tell one layer from another, at its end.
  static constexpr std::uint64_t least = 48;
  static constexpr std::uint64_t largest = 1'000'000'000'000'000;

  /// All alike: bytes, at least `least`.
  explicit layer_sizes(std::uint64_t each = 1024 * 1024);
  /// `1MiB`, `1KiB,64KiB` in turn, or `1KiB..1MiB`: any order of magnitude as likely as another.
  /// Units are B, KiB, MiB, GiB, TiB; 1 KB is 1024 bytes. Errors: size_invalid (anything else, a
  /// size below `least` or above `largest`, a range that ends before it begins).
  static result<layer_sizes> parse(std::string_view text);

  /// Bytes of a layer; the same each time.
  std::uint64_t of(std::uint64_t seed, std::uint64_t number, std::uint32_t layer) const noexcept;
  /// All that occur, ascending, each once. A range has 256 steps at most.
  std::vector<std::uint64_t> all() const;
  /// In bytes, as `parse` reads it.
  std::string to_string() const;

private:
  /// In turn; of a range the steps.
  std::vector<std::uint64_t> sizes_;
  bool drawn_ = false;
};

} // namespace gantry::bench
