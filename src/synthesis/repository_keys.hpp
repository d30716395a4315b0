// The keys of one repository in the description of content.
#pragma once

#include "synthesis/description.hpp"
#include "synthesis/yaml.hpp"

namespace gantry::synthesis {

/// Reads a map of keys; nothing stands for an empty one. Throws mistake.
repository_content read_repository(const yaml_node& value);

} // namespace gantry::synthesis
