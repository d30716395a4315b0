// Writes what an engine holds as an OCI image layout (image-spec, image-layout.md).
#pragma once

#include "domain/storage.hpp"
#include "transfer/image_name.hpp"
#include "transfer/report.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace gantry::transfer {

struct export_selection {
  /// Empty: every tag of every repository.
  std::vector<image_name> images = {};
  /// The name (`org.opencontainers.image.ref.name`) that the one image gets; empty for
  /// `repository:tag`.
  std::string name = {};
};

/// Adds images to the layout, which is made where there is none: manifests, configs, layers, the
/// children of indexes, and all referrers of these. An image of the same name gives way to the
/// new one. Blobs that are there already are not written again. The index comes last, so that a
/// transfer that was cut short leaves the layout as it was, but for blobs that nothing names.
///
/// An image that lacks a blob is left out, and the report says so; children that are absent are not
/// missed, for an index may name platforms that nobody pushed. Throws std::runtime_error: an image
/// that was named does not exist, the folder is something else, or it cannot be written.
transfer_report export_layout(storage_engine& engine, const std::filesystem::path& folder,
                              const export_selection& selection,
                              const progress_callback& progress = {});

} // namespace gantry::transfer
