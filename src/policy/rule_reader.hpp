// Reads the rules of a policy file.
#pragma once

#include "policy/rule_set.hpp"
#include "yaml/reader.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace gantry::policy {

/// A group that a rule names, and where.
struct group_name {
  std::string text;
  yaml::place at;
};

/// A file as far as it is read.
struct file_draft {
  bool has_version = false;
  bool has_rules = false;
  rule_set::group_map groups;
  std::vector<rule> rules;
  std::set<std::string> names;
  std::size_t patterns = 0;
  /// Groups that rules name: the map may follow the rules.
  std::vector<group_name> named_groups;
};

/// Each once, a single one also without a list; `what` says what to write. Throws yaml::mistake.
std::vector<std::string> read_names(const yaml::node& value, const std::string& what);

/// Throws yaml::mistake.
rule read_rule(file_draft& file, const yaml::node& value);

} // namespace gantry::policy
