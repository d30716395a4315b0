// The initial content of a registry.
#pragma once

#include "domain/storage.hpp"

#include <string_view>

namespace gantry::app {

/// Fills an empty engine. `what` is "true" for the image `library/hello-world:latest`, "false" for
/// nothing, or the folder of an OCI image layout (see `import_layout`). Blocks until everything is
/// stored; no other thread may write to the engine meanwhile. Throws std::invalid_argument if the
/// folder does not exist, and std::runtime_error with the reason if the layout is invalid.
void seed(storage_engine& engine, std::string_view what);

} // namespace gantry::app
