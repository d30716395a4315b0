// Settings while they are put together from defaults, environment and command line.
#pragma once

#include "config/row.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::config {

/// The source of a value. A later source overrules an earlier one; the order of the calls does not
/// matter.
enum class source : std::uint8_t { fallback, environment, command_line };

/// Complete settings, and warnings: what was asked for and has no effect, one line each.
struct outcome {
  snapshot chosen;
  std::vector<std::string> warnings;
};

/// Collects texts for rows of the table, then makes one snapshot of them. Not thread-safe.
class draft {
public:
  /// Judges texts whose form a layer above knows. Throws std::invalid_argument, as readers do.
  using judge = void (*)(form judged_as, std::string_view text);

  explicit draft(judge ask = nullptr);

  /// Takes `text` for `setting`, a row of the table; adds it to a list that the same source began.
  /// Throws std::invalid_argument, without the name of the setting.
  void set(const row& setting, std::string_view text, source from);

  /// Takes the variables of the table from `variables`, `NAME=VALUE` each, a null pointer at the
  /// end; the items of a list stand in one variable. Throws std::invalid_argument, with the name of
  /// the variable.
  void read_environment(const char* const* variables);

  /// Settles what depends on other settings, and compares those that must fit together. Throws
  /// std::invalid_argument. The draft is of no use afterwards.
  outcome finish();

private:
  source& source_of(const row& setting);
  bool is_given(std::string_view key) const;
  /// What the person who gave a setting calls it.
  std::string name_of(std::string_view key) const;

  void read_variable(const row& setting, std::string_view text);
  void suggest_variable(std::string_view name);
  void refuse_both(std::string_view left, std::string_view right) const;
  void fit_pages();
  void be_durable();
  void warn_of_idle();

  judge ask_;
  settings made_;
  /// By the row's index.
  std::vector<source> sources_;
  std::vector<std::string> warnings_;
};

} // namespace gantry::config
