// What a policy allows or denies.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gantry::policy {

enum class action : std::uint8_t {
  // In a repository.
  pull,
  push,
  remove,
  // Of the whole registry.
  catalog,
  metrics,
  admin,
};

/// As policy files spell them, in the order of the enumerators.
std::span<const std::string_view> action_names() noexcept;
std::string_view to_string(action what) noexcept;
std::optional<action> find_action(std::string_view name) noexcept;

constexpr bool is_in_repository(action what) noexcept {
  return what <= action::remove;
}

/// Several actions.
class action_set {
public:
  constexpr action_set() = default;

  static constexpr action_set all() noexcept { return action_set{0b111111}; }
  static constexpr action_set in_repositories() noexcept { return action_set{0b000111}; }

  constexpr void add(action what) noexcept { bits_ |= bit(what); }
  constexpr void add(action_set more) noexcept { bits_ |= more.bits_; }
  constexpr bool has(action what) const noexcept { return (bits_ & bit(what)) != 0; }

  friend constexpr bool operator==(action_set, action_set) = default;

private:
  constexpr explicit action_set(std::uint8_t bits) noexcept : bits_{bits} {}
  static constexpr std::uint8_t bit(action what) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(what));
  }

  std::uint8_t bits_ = 0;
};

} // namespace gantry::policy
