// Lists such as `key=value,other=a%20b` in variables, and which of them are fields of a request.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::otlp {

/// Values are percent-decoded, blanks around keys and values dropped. Nothing if an item has no key
/// or no equals sign, or an escape is malformed.
std::optional<std::vector<std::pair<std::string, std::string>>> read_pairs(std::string_view text);

/// Whether a request may have this field: it is well-formed and neither ends the head nor replaces
/// a field that the exporter sets itself.
bool is_allowed_field(std::string_view name, std::string_view value);

} // namespace gantry::otlp
