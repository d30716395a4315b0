// Faults that real registries and the proxies in front of them are known for, by name.
#pragma once

#include <span>
#include <string_view>

namespace gantry::faults {

struct named_fault {
  std::string_view name;
  /// What happens, in one line of Markdown.
  std::string_view help;
  /// The rule, as JSON without a name.
  std::string_view rule;
};

/// Sorted by name.
std::span<const named_fault> named_faults() noexcept;
/// Null if there is none.
const named_fault* find_named_fault(std::string_view name) noexcept;

} // namespace gantry::faults
