// The rules of retention, `gantry.retention.rules`: a list of structures, beside the table.
#pragma once

#include "config/origin.hpp"
#include "retention/rule.hpp"
#include "yaml/reader.hpp"

#include <functional>
#include <string>

namespace gantry::config {

struct given_rules {
  /// Its name is that of the file, or of the variable.
  origin where = {};
  /// With references such as `${NAME}` as they were written, because their values may be secrets.
  yaml::node written = {};
  retention::rule_list read = {};
};

/// `expand` replaces what a text of the list refers to, and may throw std::invalid_argument; it may
/// be empty. Throws yaml::mistake, with the place and the key.
given_rules read_retention_rules(const yaml::node& list, origin where,
                                 const std::function<std::string(const std::string&)>& expand = {});

} // namespace gantry::config
