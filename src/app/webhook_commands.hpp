// `gantry webhook`: the servers that a running registry tells of changes.
#pragma once

#include "app/remote_registry.hpp"

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace gantry::app {

enum class webhook_action : std::uint8_t {
  list,
  /// Has the registry send a test event.
  test,
};

struct webhook_command {
  webhook_action action = webhook_action::list;
  remote_options where = {};
  /// Which one is tested.
  std::string name = {};
  /// JSON, also on a terminal.
  bool json = false;
};

/// Prints a table if `out` is a terminal, and JSON otherwise. Throws std::invalid_argument for
/// options that are none, and std::runtime_error, with one line that says what is wrong, also if a
/// test is not accepted.
int run(const webhook_command& command, std::FILE* out = stdout);

/// The registry's answers for a terminal.
std::string render_webhooks(std::string_view answer);
std::string render_webhook_test(std::string_view answer);

} // namespace gantry::app
