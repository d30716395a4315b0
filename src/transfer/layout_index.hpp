// `oci-layout` and `index.json` of an OCI image layout (image-spec, image-layout.md).
#pragma once

#include "domain/descriptor.hpp"
#include "domain/media_type.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
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

/// Throws std::runtime_error: the folder is no layout of version 1.0.0, or its index is broken.
std::vector<layout_entry> read_index(const std::filesystem::path& folder);

/// Makes the folder a layout with these entries: each file is whole on the disk before it takes the
/// place of the one before. Throws std::runtime_error.
void write_index(const std::filesystem::path& folder, const std::vector<layout_entry>& entries);

/// `blobs/<algorithm>/<hex>`.
std::filesystem::path layout_blob(const std::filesystem::path& folder, const digest& id);

/// A small file as a whole; 4 MiB at most. Throws std::runtime_error with a text that names the
/// file by its last part.
std::string read_document(const std::filesystem::path& file);
/// The same, as a JSON object.
boost::json::object read_object(const std::filesystem::path& file);

/// Writes a file that a crash leaves whole or not at all. Throws std::runtime_error.
void write_document(const std::filesystem::path& file, std::string_view content);

/// The member, where it is a string; else an empty text.
std::string text_member(const boost::json::object& object, std::string_view name);

/// The type that a manifest has by its content: its `mediaType`, else, as image-spec has it for
/// manifests without one, an index where it lists manifests and an image manifest otherwise.
/// Nothing where it is no JSON object.
std::optional<media_type> guess_type(const std::string& document);

} // namespace gantry::transfer
