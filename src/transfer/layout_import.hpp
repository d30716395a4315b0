// Imports an OCI image layout (image-spec, image-layout.md) into a storage engine.
#pragma once

#include "storage/api/engine.hpp"
#include "transfer/image_name.hpp"
#include "transfer/report.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace gantry::transfer {

struct layout_selection {
  /// Only images with this name (`org.opencontainers.image.ref.name`), and their referrers; empty
  /// means all.
  std::string name = {};
  /// The new name of the image; requires that exactly one is selected.
  std::optional<image_name> as = {};
};

/// Stores the manifests of `index.json` with everything they need: config, layers, and the children
/// of indexes. The annotation `org.opencontainers.image.ref.name` gives the destination:
/// `repository:tag`, or a tag in the repository named after the folder, in lower case. A manifest
/// without a name goes to its subject's repository if the subject is imported too, otherwise to the
/// folder's repository, by digest only. Blobs are streamed and verified. The report lists manifests
/// that are left out because they lack a blob or do not match their digest; an index is imported
/// without its missing children. Throws std::runtime_error with the folder and the reason if
/// nothing can be imported.
transfer_report import_layout(storage_engine& engine, const std::filesystem::path& folder,
                              const layout_selection& selection = {},
                              const progress_callback& progress = {});

} // namespace gantry::transfer
