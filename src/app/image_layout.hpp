// Reads an OCI image layout (image-spec, image-layout.md) into a storage engine.
#pragma once

#include "domain/storage.hpp"

#include <filesystem>

namespace gantry::app {

/// Stores every manifest of `index.json` with all that it needs: config, layers, and the children
/// of an index. The annotation `org.opencontainers.image.ref.name` says where: `repository:tag`, or
/// a tag alone in the repository that is called as the folder is, in lower case. A manifest without
/// a name goes next to its subject where that is among them, else into the folder's repository, by
/// digest only. Blobs are streamed and verified. Throws std::runtime_error with a text that names
/// the folder and what is wrong.
void import_layout(storage_engine& engine, const std::filesystem::path& folder);

} // namespace gantry::app
