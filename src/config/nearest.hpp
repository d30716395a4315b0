// "Did you mean": the name that a mistyped one stands for.
#pragma once

#include <span>
#include <string_view>

namespace gantry::config {

/// The candidate that was probably meant: the first that begins with `typed` (of more than three
/// letters), else the one that takes the fewest letters to insert, drop, replace or swap with
/// their neighbour, at most a third of them. Empty if none is near.
std::string_view nearest(std::string_view typed, std::span<const std::string_view> candidates);

} // namespace gantry::config
