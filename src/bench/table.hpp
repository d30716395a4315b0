// A table as plain text.
#pragma once

#include <string>
#include <vector>

namespace gantry::bench {

/// Rows of equally many cells; columns are as wide as they need to be, two spaces apart. The first
/// column is flush left, the others right. Widths count characters of UTF-8, not bytes.
std::string render_columns(const std::vector<std::vector<std::string>>& rows);

} // namespace gantry::bench
