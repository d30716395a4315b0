// `gantry retention`: removes the tags that the rules of a running registry remove.
#pragma once

#include "app/remote_registry.hpp"

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace gantry::app {

enum class retention_action : std::uint8_t {
  /// Shows what would go.
  plan,
  apply,
  undo,
};

struct retention_command {
  retention_action action = retention_action::plan;
  remote_options where = {};
  /// Of the plan that is applied, or of the run that is undone.
  std::string id = {};
  /// JSON, also on a terminal.
  bool json = false;
};

/// Prints a table if `out` is a terminal, and JSON otherwise. Throws std::invalid_argument for
/// options that are none, and std::runtime_error, with one line that says what is wrong.
int run(const retention_command& command, std::FILE* out = stdout);

/// The registry's answer as a table, with a line that says what to do next.
std::string render(retention_action action, std::string_view answer);

} // namespace gantry::app
