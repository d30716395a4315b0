// The shares of the operations of a mixed load.
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
  /// Names as above, each at most once, with weights up to a million; other operations get weight
  /// 0. Errors: request_invalid (another form, or no weight above 0).
  static result<mix> parse(std::string_view text);

  /// The operation for a random number.
  mixed_operation pick(std::uint64_t random) const noexcept;
  /// All names and weights; `parse` reads it.
  std::string to_string() const;

private:
  std::array<std::uint32_t, 4> weights_{1, 8, 2, 0};
};

} // namespace gantry::bench
