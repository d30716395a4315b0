// Effective settings as a configuration file that says where each value came from.
#pragma once

#include "config/draft.hpp"

#include <string>

namespace gantry::config {

/// A configuration file with every setting that was given, and all defaults as comments. A comment
/// behind each value names its source. A value from a variable that the file refers to, or from a
/// file that a variable names, may be a secret and is not shown.
std::string render(const outcome& effective);

} // namespace gantry::config
