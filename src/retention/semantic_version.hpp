// Semantic versions, as tags write them (semver.org, 2.0.0).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::retention {

/// Which numbers of a version are looked at.
enum class version_level : std::uint8_t { major, minor, patch };

/// A version as far as it has precedence: its build metadata is checked and dropped.
class version {
public:
  /// `1.2.3`, `1.2.3-rc.1`, `v1.2.3`. A tag cannot contain the plus sign before build metadata, so
  /// an underscore stands for it, too: `1.2.3_7`. Absent for other texts, such as `1.2`. Numbers
  /// have any length.
  static std::optional<version> parse(std::string_view text);

  bool is_prerelease() const noexcept { return !prerelease_.empty(); }
  /// Whether both have the same numbers from the major one down to `level`.
  bool is_same(version_level level, const version& other) const noexcept;

  friend bool operator==(const version&, const version&) = default;
  /// By precedence (semver.org, 11).
  friend std::strong_ordering operator<=>(const version& left, const version& right) noexcept;

private:
  struct identifier {
    std::string text;
    bool is_number = false;

    bool operator==(const identifier&) const = default;
    std::strong_ordering operator<=>(const identifier& other) const noexcept;
  };
  using identifiers = std::vector<identifier>;

  version() = default;
  /// Those between dots. Absent if one is empty, has a wrong character, or is a number with a
  /// leading zero.
  static std::optional<identifiers> parse_identifiers(std::string_view text);

  /// Three.
  identifiers numbers_;
  identifiers prerelease_;
};

} // namespace gantry::retention
