// Reads policy files.
#pragma once

#include "policy/rule_set.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace gantry::policy {

inline constexpr std::size_t max_rules = 1000;
inline constexpr std::size_t max_patterns = 10'000;

/// Reads the text of a policy file. Throws yaml::mistake, with line and column, if it is not one.
std::shared_ptr<const rule_set> read_policy(std::string_view text);

} // namespace gantry::policy
