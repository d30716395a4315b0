// `oci-layout` and `index.json` of an OCI image layout (image-spec, image-layout.md).
#pragma once

#include "domain/descriptor.hpp"
#include "domain/media_type.hpp"
#include "transfer/source_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gantry::transfer {

/// An entry of `index.json`.
struct layout_entry {
  descriptor content;
  /// The annotation `org.opencontainers.image.ref.name`; empty where there is none.
  std::string name;
};

/// `broken` is told of each entry that cannot be used, and why. Throws std::runtime_error: the
/// folder is not a layout of version 1.0.0, or its index has no list of manifests.
std::vector<layout_entry> read_index(const source_folder& folder,
                                     const std::function<void(const std::string&)>& broken);

/// Makes the folder a layout with these entries: each file is whole on the disk before it takes the
/// place of the one before. Throws std::runtime_error.
void write_index(const std::filesystem::path& folder, const std::vector<layout_entry>& entries);

/// `blobs/<algorithm>/<hex>`, relative to the layout's folder.
std::filesystem::path layout_blob(const digest& id);

/// Writes a file that a crash leaves whole or not at all. Throws std::runtime_error.
void write_document(const std::filesystem::path& file, std::string_view content);

/// The type that a manifest has by its content: its `mediaType`, else, as image-spec has it for
/// manifests without one, an index if it lists manifests and an image manifest otherwise.
/// Nothing if it is not a JSON object.
std::optional<media_type> guess_type(const std::string& document);

} // namespace gantry::transfer
