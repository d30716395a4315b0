// `gantry repository list`, `gantry tag list` and `gantry search`: what a running registry holds.
#pragma once

#include "app/remote_registry.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::app {

enum class listing_kind : std::uint8_t {
  repositories,
  /// Of one repository.
  tags,
};

struct listing_command {
  listing_kind kind = listing_kind::repositories;
  remote_options where = {};
  /// Whose tags are listed.
  std::string repository = {};
  /// A pattern that names match; empty for all.
  std::string pattern = {};
  /// A part of the names; empty for all.
  std::string contains = {};
  /// A column, with a minus in front if its largest values come first; empty for the name.
  std::string sort = {};
  /// Absent: all.
  std::optional<std::size_t> limit = std::nullopt;
  /// JSON, also on a terminal.
  bool json = false;
};

/// What a manifest must have; empty parts are not asked for.
struct search_command {
  remote_options where = {};
  /// `KEY` or `KEY=VALUE`.
  std::vector<std::string> annotations = {};
  std::vector<std::string> labels = {};
  /// Of the manifest, or of a blob that it names.
  std::string digest = {};
  std::string artifact_type = {};
  /// Absent: all.
  std::optional<std::size_t> limit = std::nullopt;
  /// JSON, also on a terminal.
  bool json = false;
};

/// Prints a table if `out` is a terminal, and JSON otherwise. Throws std::invalid_argument for
/// options that are none, and std::runtime_error, with one line that says what is wrong.
int run(const listing_command& command, std::FILE* out = stdout);
int run(const search_command& command, std::FILE* out = stdout);

/// What is requested of the registry. Throws std::invalid_argument.
std::string target_of(const listing_command& command);
std::string target_of(const search_command& command);

/// The registry's answers as tables.
std::string render_repositories(std::string_view answer);
std::string render_tags(std::string_view answer);
std::string render_found(std::string_view answer);

} // namespace gantry::app
