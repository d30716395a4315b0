// What is wrong with a command line, in one line for the person who typed it.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gantry::app {

/// The command whose options stand last, of those that were met.
const CLI::App& innermost(const CLI::App& root);

/// What parsing stopped at: names the mistake, what would be right, and where the help is. Without
/// a line's end.
std::string explain(const CLI::App& root, const CLI::ParseError& mistake);

/// An argument that no command takes; empty if there is none. `--help` does not forgive one that
/// stands where a command should.
std::string explain_unknown_command(const CLI::App& root);

/// The candidate that was probably meant: what other programs call it, or what is nearest. Empty if
/// none is near.
std::string nearest(std::string_view typed, const std::vector<std::string>& candidates);

} // namespace gantry::app
