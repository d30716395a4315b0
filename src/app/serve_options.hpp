// The options of `gantry serve`, one per row of the table of settings.
#pragma once

#include "config/draft.hpp"

#include <CLI/CLI.hpp>

#include <string_view>

namespace gantry::app {

/// Adds an option per row, which sets that row of `draft`. Both must outlive `app`'s parsing.
void add_serve(CLI::App& app, config::draft& draft);

/// Validates texts whose form only a layer above `config` knows. Throws std::invalid_argument.
void judge_form(config::form judged_as, std::string_view text);

} // namespace gantry::app
