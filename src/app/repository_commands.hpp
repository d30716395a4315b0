// `gantry copy` and `gantry repository`: whole images and whole repositories of a running registry.
#pragma once

#include "app/remote_registry.hpp"

#include <cstdint>
#include <cstdio>
#include <string>

namespace gantry::app {

enum class repository_action : std::uint8_t {
  copy,
  remove,
  rename,
};

struct repository_command {
  repository_action action = repository_action::copy;
  remote_options where = {};
  /// What is copied (`REPOSITORY:TAG` or `REPOSITORY@DIGEST`), deleted or renamed.
  std::string from = {};
  /// What is made: `REPOSITORY[:TAG]`, or a new name.
  std::string to = {};
  /// Deleted content is not kept.
  bool purge = false;
  /// JSON, also on a terminal.
  bool json = false;
};

/// Prints one line if `out` is a terminal, and JSON otherwise. Throws std::invalid_argument for
/// options that are none, and std::runtime_error, with one line that says what is wrong.
int run(const repository_command& command, std::FILE* out = stdout);

/// The registry's answer as that line.
std::string render(repository_action action, std::string_view answer);

} // namespace gantry::app
