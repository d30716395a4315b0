// `gantry record`: a proxy before a registry that records a session.
#pragma once

#include "client/tls.hpp"

#include <filesystem>
#include <string>

namespace gantry::app {

struct record_command {
  /// Satisfies `recorder::is_upstream`.
  std::string upstream;
  client::tls_settings tls = {};
  std::filesystem::path file;
  std::string address = "127.0.0.1:4775";
};

/// Forwards and records until SIGINT or SIGTERM, then writes the archive. Returns the exit status,
/// 0. Throws std::runtime_error, with one line that says what is wrong.
int run(const record_command& command);

} // namespace gantry::app
