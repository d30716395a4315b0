// Reads the rules of retention from YAML.
#pragma once

#include "retention/rule.hpp"
#include "yaml/reader.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::retention {

/// Where the rules stand in the configuration file.
inline constexpr std::string_view rules_key = "gantry.retention.rules";

inline constexpr std::size_t max_rules = 1000;
/// The most that a rule can keep of a kind.
inline constexpr std::size_t max_count = 1'000'000;

/// Reads a list of rules; nothing is an empty one. Throws yaml::mistake, with line, column and key,
/// if it is not one.
rule_list read_rules(const yaml::node& list);

/// Every key that a rule may have, sorted: `keep.versions.major`.
std::vector<std::string> keys_of_rules();

} // namespace gantry::retention
