// How often each operation happens in a mixed load.
#pragma once

#include "domain/error.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::bench {

enum class mixed_operation : std::uint8_t { push, pull, head, erase };

/// Weights of operations.
class mix {
public:
  /// `push=1,pull=8,head=2,delete=0`.
  mix() = default;
  /// Names as above, each at most once, and weights up to a million; what is not named does not
  /// happen. Errors: request_invalid (anything else, or nothing that happens at all).
  static result<mix> parse(std::string_view text);

  /// The operation for a number drawn at random.
  mixed_operation pick(std::uint64_t drawn) const noexcept;
  /// As `parse` reads it, all names.
  std::string to_string() const;

private:
  std::array<std::uint32_t, 4> weights_{1, 8, 2, 0};
};

} // namespace gantry::bench
