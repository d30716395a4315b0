// Ranges of names: `a..z`, `1..100`, `v1..v9`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::synthesis {

/// The names from FIRST to LAST in the form `FIRST..LAST`, or `text` alone if it has no two dots.
/// FIRST and LAST are equal but for the number at their ends, or for a last letter of the same
/// case. If FIRST begins its number with a zero, all numbers have as many digits: `01..12`. Throws
/// std::invalid_argument if the range is malformed or has more than `most` names.
std::vector<std::string> expand_range(std::string_view text, std::size_t most);

} // namespace gantry::synthesis
