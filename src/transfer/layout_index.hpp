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
  /// The annotation `org.opencontainers.image.ref.name`; empty if absent.
  std::string name;
};

/// Calls `broken` with the reason for each unusable entry. Throws std::runtime_error if the folder
/// is not a layout of version 1.0.0, or its index has no list of manifests.
std::vector<layout_entry> read_index(const source_folder& folder,
                                     const std::function<void(const std::string&)>& broken);

/// Makes the folder a layout with these entries. Each file is durable before it replaces the old
/// one. Throws std::runtime_error.
void write_index(const std::filesystem::path& folder, const std::vector<layout_entry>& entries);

/// `blobs/<algorithm>/<hex>`, relative to the layout's folder.
std::filesystem::path layout_blob(const digest& id);

/// Writes a file atomically, even if the process crashes. Throws std::runtime_error.
void write_document(const std::filesystem::path& file, std::string_view content);

/// Guesses a manifest's type from its content: its `mediaType`; without one (image-spec), an index
/// if it lists manifests, otherwise an image manifest. Empty if it is not a JSON object.
std::optional<media_type> guess_type(const std::string& document);

} // namespace gantry::transfer
