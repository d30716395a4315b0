// What a registry holds before anybody pushed to it.
#pragma once

#include "domain/storage.hpp"

#include <string_view>

namespace gantry::app {

/// Fills an empty engine. `what` is "true" for the image `library/hello-world:latest`, "false" for
/// nothing, or the folder of an OCI image layout (see `import_layout`). Blocks until everything is
/// stored; nobody else may write to the engine meanwhile. Throws std::invalid_argument where there
/// is no such folder and std::runtime_error for a layout that is not whole; the text says what is
/// wrong with it.
void seed(storage_engine& engine, std::string_view what);

} // namespace gantry::app
