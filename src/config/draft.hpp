// Settings being assembled from defaults, environment and command line.
#pragma once

#include "config/row.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::config {

/// The source of a value: a default, the default of a profile, a variable, a flag. A later source
/// overrides an earlier one, in whatever order they are read.
enum class source : std::uint8_t { fallback, profile, environment, command_line };

/// Complete settings, and one warning line per setting that has no effect.
struct outcome {
  snapshot chosen;
  std::vector<std::string> warnings;
};

/// Collects texts for rows of the table, then makes one snapshot of them. Not thread-safe.
class draft {
public:
  /// Validates texts whose form only a layer above knows. Throws std::invalid_argument, like
  /// readers.
  using judge = void (*)(form judged_as, std::string_view text);

  explicit draft(judge ask = nullptr);

  /// Sets `setting`, a row of the table, to `text`; appends if it is a list that the same source
  /// began. Throws std::invalid_argument, without the name of the setting.
  void set(const row& setting, std::string_view text, source from);

  /// Reads the table's variables from `variables`, a null-terminated array of `NAME=VALUE`; one
  /// variable holds all items of a list. Throws std::invalid_argument, with the name of the
  /// variable.
  void read_environment(const char* const* variables);

  /// Applies defaults that depend on other settings, and checks settings that must fit together.
  /// Throws std::invalid_argument. The draft is unusable afterwards.
  outcome finish();

private:
  source& source_of(const row& setting);
  bool is_given(std::string_view key) const;
  /// The setting's name as the user gave it: the flag or the variable.
  std::string name_of(std::string_view key) const;

  void read_variable(const row& setting, std::string_view text);
  void imitate();
  void explain_variable(std::string_view name);
  void refuse_both(std::string_view left, std::string_view right) const;
  void fit_pages();
  void be_durable();
  void warn_of_idle();

  judge ask_;
  settings made_;
  /// Indexed by row.
  std::vector<source> sources_;
  std::vector<std::string> warnings_;
};

} // namespace gantry::config
