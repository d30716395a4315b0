// Patterns in which a star stands for any characters.
#pragma once

#include <string_view>

namespace gantry {

/// `*` stands for any characters, none included; everything else stands for itself. Takes at most
/// the time of the product of both lengths.
bool matches_glob(std::string_view pattern, std::string_view text) noexcept;

} // namespace gantry
