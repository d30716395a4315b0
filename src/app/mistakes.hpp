// Explains a mistake in a command line in one line.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gantry::app {

/// The last parsed subcommand, whose options apply.
const CLI::App& innermost(const CLI::App& root);

/// Explains a parse error: the mistake, the correct form, and where the help is. No trailing
/// newline.
std::string explain(const CLI::App& root, const CLI::ParseError& mistake);

/// Explains an argument that no command accepts; empty if there is none. Also applies to a wrong
/// command name before `--help`.
std::string explain_unknown_command(const CLI::App& root);

/// The candidate that was probably meant: another program's name for it, or the nearest one. Empty
/// if none is near.
std::string nearest(std::string_view typed, const std::vector<std::string>& candidates);

} // namespace gantry::app
