// Settings as variables of the environment.
#pragma once

#include "config/draft.hpp"
#include "config/environment.hpp"

#include <string_view>

namespace gantry::config {

/// Reads the settings into `into`, by distribution's rules: `REGISTRY_` and the path of the key,
/// in any case; `REGISTRY_STORAGE` and `REGISTRY_AUTH` choose a section; one variable holds all
/// items of a list, or one item (`REGISTRY_HTTP_ADDR_0`) or one field
/// (`REGISTRY_HTTP_HEADERS_X-FRAME-OPTIONS`); a value in brackets is a list of YAML. Beside that,
/// the variable with `_FILE` at its end names a file that holds the value. Throws
/// std::invalid_argument, with the name of the variable.
void read_variables(draft& into, const environment& all);

/// Distribution's variable for the path of the configuration file.
inline constexpr std::string_view path_variable = "REGISTRY_CONFIGURATION_PATH";

} // namespace gantry::config
