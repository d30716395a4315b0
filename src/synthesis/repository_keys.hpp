// The keys of one repository in the description of content.
#pragma once

#include "synthesis/description.hpp"
#include "yaml/reader.hpp"

namespace gantry::synthesis {

/// Reads a map of keys; nothing stands for an empty one. Throws yaml::mistake.
repository_content read_repository(const yaml::node& value);

} // namespace gantry::synthesis
