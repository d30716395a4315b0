// Patterns of repository names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::policy {

/// A pattern matches component by component: `*` stands for any characters of one component, none
/// included, and never for a slash; `**` is a component of its own and stands for one or more whole
/// components. Everything else stands for itself. So `team/*` is what lies directly in `team`,
/// `team/**` all that lies below it, and neither is `team` itself; `**` is every repository.
class repository_pattern {
public:
  /// Throws std::invalid_argument, which says what to write instead, if no repository could have a
  /// name that matches.
  static repository_pattern parse(std::string_view text);

  bool match(std::string_view repository) const noexcept;
  bool matches_all() const noexcept { return kind_ == kind::all; }
  const std::string& to_string() const noexcept { return text_; }

private:
  /// The usual ones are recognised, because they are compared faster.
  enum class kind : std::uint8_t { all, exact, below, mixed };

  explicit repository_pattern(std::string_view text);

  std::string text_;
  kind kind_;
};

} // namespace gantry::policy
