#include "policy/action.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace gantry::policy {

namespace {

constexpr std::array<std::string_view, 6> names{"pull",    "push",    "delete",
                                                "catalog", "metrics", "admin"};

} // namespace

std::span<const std::string_view> action_names() noexcept {
  return names;
}

std::string_view to_string(action what) noexcept {
  return names[static_cast<std::size_t>(what)];
}

std::optional<action> find_action(std::string_view name) noexcept {
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    return std::nullopt;
  return static_cast<action>(found - names.begin());
}

} // namespace gantry::policy
