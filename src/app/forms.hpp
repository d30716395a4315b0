// The forms of settings that only a layer above `config` knows: addresses, hosts, origins.
#pragma once

#include "config/row.hpp"

#include <string_view>

namespace gantry::app {

/// A `config::draft::judge`. Throws std::invalid_argument.
void judge_form(config::form judged_as, std::string_view text);

} // namespace gantry::app
