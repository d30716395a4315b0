// The configuration file: YAML with distribution's keys.
#pragma once

#include "config/draft.hpp"
#include "config/environment.hpp"

#include <string>
#include <string_view>

namespace gantry::config {

/// The only version of the format.
inline constexpr std::string_view file_version = "0.1";

/// Reads the text of the configuration file `name` into `into`; `variables` are what its values
/// refer to (`environment::expand`). Distribution's defaults apply from then on. A key that only
/// distribution has becomes a warning. Throws std::invalid_argument, which begins with name
/// and line, if the text is not such a file, or if a key is unknown, repeated, or has a wrong
/// value.
void read_file(draft& into, const std::string& name, std::string_view text,
               const environment& variables);

} // namespace gantry::config
