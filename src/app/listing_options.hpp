// The command lines of the lists of a running registry, and of its search.
#pragma once

#include "app/listing_commands.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// Add `list` to the commands for repositories, and to those for tags. `parsed` outlives `app`,
/// here and below.
void add_repository_list(CLI::App& app, listing_command& parsed);
void add_tag_list(CLI::App& app, listing_command& parsed);

void add_search(CLI::App& app, search_command& parsed);

} // namespace gantry::app
