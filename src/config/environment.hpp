// The variables of a process, and texts that refer to them.
#pragma once

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

  /// Null-terminated.
  const char* const* entries() const noexcept { return variables_; }

private:
  const char* const* variables_;
};

/// Ends the name of a variable that names a file with the value.
inline constexpr std::string_view file_suffix = "_FILE";

} // namespace gantry::config
