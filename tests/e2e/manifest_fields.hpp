// The fields of a request that pushes a manifest.
#pragma once

#include "support/registry_fixture.hpp"

namespace gantry::test {

inline const header_list as_image{{"Content-Type", types::manifest}};
inline const header_list as_index{{"Content-Type", types::index}};

} // namespace gantry::test
