// Public options as settings of a registry.
#pragma once

#include "config/settings.hpp"

#include <gantry/options.hpp>

namespace gantry::embed {

/// Settings that `gantry serve` would have with the same options. Throws std::invalid_argument,
/// with the name of the setting.
config::snapshot settings_of(const options& chosen);

} // namespace gantry::embed
