// Where a value of a setting came from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::config {

/// The source of a value: a default, distribution's default (which a configuration file brings
/// along), the default of a profile, a configuration file, a variable, a flag. A later source
/// overrides an earlier one, in whatever order they are read.
enum class source : std::uint8_t {
  fallback,
  distribution,
  profile,
  file,
  environment,
  command_line,
};

/// Where a source gives a value.
struct origin {
  source from = source::fallback;
  /// How messages name it: `config.yml:7`, `REGISTRY_HTTP_ADDR`. Empty for the others.
  std::string name = {};
  /// What is shown instead of the value, because it came from elsewhere and may be a secret:
  /// `${NAME}`. Empty if the value may be shown.
  std::string shown = {};
};

/// One text of a setting.
struct given_text {
  std::string text;
  /// See `origin::shown`.
  std::string shown = {};
};

/// A setting as it was given.
struct given {
  origin where = {};
  /// The only text, or the items of a list.
  std::vector<given_text> texts = {};
};

/// A structure of a list as it was given.
struct given_item {
  /// Indexed like the table of its fields.
  std::vector<given> fields = {};
  /// Where its first field was given.
  origin where = {};
};

/// A text with what it refers to, and where it stands.
struct located_text {
  std::string text;
  origin where;
};

} // namespace gantry::config
