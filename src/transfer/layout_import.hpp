// Reads an OCI image layout (image-spec, image-layout.md) into a storage engine.
#pragma once

#include "domain/storage.hpp"
#include "transfer/image_name.hpp"
#include "transfer/report.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace gantry::transfer {

struct layout_selection {
  /// Only images of this name (`org.opencontainers.image.ref.name`), with their referrers; empty
  /// for all.
  std::string name = {};
  /// What the image shall be called; there must be just one then.
  std::optional<image_name> as = {};
};

/// Stores manifests of `index.json` with all that they need: config, layers, and the children of an
/// index. The annotation `org.opencontainers.image.ref.name` says where: `repository:tag`, or a tag
/// alone in the repository that is called as the folder is, in lower case. A manifest without a
/// name goes next to its subject if that is among them, else into the folder's repository, by
/// digest only. Blobs are streamed and verified. A manifest that lacks a blob, or whose bytes are
/// not those of its digest, is left out and reported; an index comes with the children that there
/// are. Throws std::runtime_error with a text that names the folder and what is wrong with all of
/// it.
transfer_report import_layout(storage_engine& engine, const std::filesystem::path& folder,
                              const layout_selection& selection = {},
                              const progress_callback& progress = {});

} // namespace gantry::transfer
