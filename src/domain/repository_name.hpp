// The name of a repository (distribution-spec, "Pulling manifests": `<name>`).
#pragma once

#include "domain/error.hpp"
#include "domain/keyed_hash.hpp"

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace gantry {

/// A name that matches `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*`, 1
/// to 255 characters. Compared bytewise, which is the order of the catalog.
class repository_name {
public:
  static constexpr std::size_t max_length = 255;

  /// Errors: name_invalid.
  static result<repository_name> parse(std::string_view text);

  const std::string& to_string() const noexcept { return text_; }

  friend bool operator==(const repository_name&, const repository_name&) = default;
  friend auto operator<=>(const repository_name&, const repository_name&) = default;

private:
  explicit repository_name(std::string text) : text_{std::move(text)} {}
  std::string text_;
};

/// Whether the name is `top` or below it: `team/app` is within `team`, `teams` is not.
inline bool is_within(const repository_name& name, const repository_name& top) noexcept {
  const auto& text = name.to_string();
  const auto& front = top.to_string();
  return text.starts_with(front) && (text.size() == front.size() || text[front.size()] == '/');
}

} // namespace gantry

/// Keyed because clients choose names.
template <>
struct std::hash<gantry::repository_name> {
  std::size_t operator()(const gantry::repository_name& name) const noexcept {
    return gantry::keyed_hash(name.to_string());
  }
};
