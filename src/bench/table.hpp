// A table as plain text.
#pragma once

#include <string>
#include <vector>

namespace gantry::bench {

/// All rows have the same number of cells. Columns are as wide as their widest cell, and two spaces
/// apart; the first is flush left, the others flush right. Widths count characters of UTF-8.
std::string render_columns(const std::vector<std::vector<std::string>>& rows);

} // namespace gantry::bench
