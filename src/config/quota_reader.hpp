// Reads quotas from YAML.
#pragma once

#include "config/quotas.hpp"
#include "yaml/reader.hpp"

#include <functional>

namespace gantry::config {

/// Reads a list of quotas into `into`. `locate` is asked for each value; it may throw
/// std::invalid_argument. Throws yaml::mistake, with the place and the key.
void read_quotas(quota_list& into, const yaml::node& list,
                 const std::function<located_text(const yaml::node& value)>& locate);

} // namespace gantry::config
