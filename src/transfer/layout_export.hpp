// Exports images from an engine as an OCI image layout (image-spec, image-layout.md).
#pragma once

#include "storage/api/engine.hpp"
#include "transfer/image_name.hpp"
#include "transfer/report.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace gantry::transfer {

struct export_selection {
  /// If empty, every tag of every repository.
  std::vector<image_name> images = {};
  /// The name (`org.opencontainers.image.ref.name`) of the single image; empty means
  /// `repository:tag`.
  std::string name = {};
};

/// Adds images to the layout, creating it if necessary: manifests, configs, layers, the children of
/// indexes, and all their referrers. An image replaces one of the same name. Existing blobs are not
/// rewritten. The index is written last, so an interrupted transfer changes nothing except for
/// unreferenced blobs.
///
/// The report lists images that are left out because they lack a blob. Absent children are not an
/// error because an index may name platforms that were never pushed. Throws std::runtime_error if a
/// named image does not exist, the folder is not a layout, or it cannot be written.
transfer_report export_layout(storage_engine& engine, const std::filesystem::path& folder,
                              const export_selection& selection,
                              const progress_callback& progress = {});

} // namespace gantry::transfer
