// "Did you mean": finds the name that was probably meant by a mistyped one.
#pragma once

#include <span>
#include <string_view>

namespace gantry {

/// Returns the candidate that was probably meant: the first that begins with `typed` (if that has
/// at least three letters), otherwise the one that takes the fewest letters to insert, drop,
/// replace or swap with their neighbour, at most a third of them. Empty if none is near.
std::string_view nearest(std::string_view typed, std::span<const std::string_view> candidates);

} // namespace gantry
