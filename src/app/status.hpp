// `gantry status`: how a running registry is, and why.
#pragma once

#include "app/remote_registry.hpp"

#include <cstdio>
#include <string>
#include <string_view>

namespace gantry::app {

struct status_command {
  remote_options where = {};
  /// Prints what the registry answered, instead of text.
  bool json = false;
};

/// Asks the registry for `/__gantry/status` and prints the answer on `out`. Returns the exit
/// status: 0, or 1 if the registry is not ready. Throws std::runtime_error, with one line that says
/// what is wrong.
int run(const status_command& command, std::FILE* out = stdout);

/// The answer of `/__gantry/status` as lines of text. Throws if it has another form.
std::string render_status(std::string_view answer);

} // namespace gantry::app
