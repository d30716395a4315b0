// `gantry tag`, `gantry removed` and `gantry purge`: what happened to the content of a running
// registry, and what takes it back.
#pragma once

#include "app/remote_registry.hpp"

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace gantry::app {

enum class history_action : std::uint8_t {
  /// Prints what happened to a tag, or in a repository.
  show,
  undo,
  /// Prints the deleted manifests that are kept.
  list_removed,
  purge,
};

struct history_command {
  history_action action = history_action::show;
  remote_options where = {};
  /// `REPOSITORY[:TAG]`, or `REPOSITORY@DIGEST` of what is purged.
  std::string image = {};
  /// What is undone: one of these.
  std::optional<std::uint64_t> entry = std::nullopt;
  std::string to = {};
  std::string manifest = {};
  /// JSON, also on a terminal.
  bool json = false;
};

/// Prints a table if `out` is a terminal, and JSON otherwise. Throws std::invalid_argument for
/// options that are none, and std::runtime_error, with one line that says what is wrong.
int run(const history_command& command, std::FILE* out = stdout);

/// The registry's answer as a table.
std::string render_history(std::string_view answer);
std::string render_removed(std::string_view answer);

} // namespace gantry::app
