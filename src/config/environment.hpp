// The environment: variables that are settings, and those that a configuration file refers to.
#pragma once

#include "config/draft.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry::config {

/// The variables of a process. Keeps a reference to them.
class environment {
public:
  /// `variables` is a null-terminated array of `NAME=VALUE`.
  explicit environment(const char* const* variables) : variables_{variables} {}

  std::optional<std::string_view> find(std::string_view name) const;
  /// The value of `name`, or what the file holds that `name_FILE` names, without the line break at
  /// its end. Throws std::invalid_argument if both are set or the file cannot be read.
  std::optional<std::string> find_secret(const std::string& name) const;

  /// Replaces `${NAME}` by the value of that variable (see `find_secret`), `${NAME:-TEXT}` by TEXT
  /// if it is unset or empty, and `$${` by `${`. Throws std::invalid_argument if a variable is
  /// unset or the text malformed.
  std::string expand(std::string_view text) const;

  /// Reads the settings into `into`, by distribution's rules: `REGISTRY_` and the path of the key,
  /// in any case; `REGISTRY_STORAGE` and `REGISTRY_AUTH` choose a section; one variable holds all
  /// items of a list, or one item (`REGISTRY_HTTP_ADDR_0`) or one field
  /// (`REGISTRY_HTTP_HEADERS_X-FRAME-OPTIONS`); a value in brackets is a list of YAML. Beside that,
  /// the variable with `_FILE` at its end names a file that holds the value. Throws
  /// std::invalid_argument, with the name of the variable.
  void read_settings(draft& into) const;

private:
  const char* const* variables_;
};

/// Distribution's variable for the path of the configuration file.
inline constexpr std::string_view path_variable = "REGISTRY_CONFIGURATION_PATH";

} // namespace gantry::config
