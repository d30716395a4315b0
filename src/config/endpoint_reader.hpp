// Reads the endpoints of webhooks from YAML.
#pragma once

#include "config/endpoints.hpp"
#include "yaml/reader.hpp"

#include <functional>

namespace gantry::config {

/// Reads a list of endpoints into `into`. `locate` is asked for each value; it may throw
/// std::invalid_argument. Throws yaml::mistake, with the place and the key.
void read_endpoints(endpoint_list& into, const yaml::node& list,
                    const std::function<located_text(const yaml::node& value)>& locate);

} // namespace gantry::config
