// Extracts the manifest members that a registry must understand; other members are skipped and take
// no memory (image-spec, manifest.md, image-index.md).
#pragma once

#include "domain/descriptor.hpp"
#include "domain/error.hpp"
#include "domain/json_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry {

/// manifest_invalid, for that reason.
error invalid_manifest(std::string_view why);

/// One member of the document. Null counts as absent because Go programs write empty fields as
/// null.
template <class T>
struct json_member {
  std::string_view name;
  /// The fault of a value of another type; follows the member's name.
  std::string_view complaint;
  bool is_written = false;
  std::optional<T> value{};
  std::optional<error> fault{};

  bool is_absent_or_null() const noexcept { return !value && !fault; }

  /// The value, or a default one. Errors: the fault.
  result<T> take() {
    if (fault)
      return std::move(*fault);
    return value ? std::move(*value) : T{};
  }

  /// Errors: the fault.
  result<std::optional<T>> take_optional() {
    if (fault)
      return std::move(*fault);
    return std::move(value);
  }
};

/// The JSON text of a map from strings to strings; empty for an empty map.
struct annotations_text {
  std::string text;
};

/// The members; `manifest_parser` decides which are required and which exclude each other.
struct manifest_members {
  json_member<std::string> media_type{"mediaType", " must be a string"};
  json_member<std::string> artifact_type{"artifactType", " must be a string"};
  json_member<std::int64_t> schema_version{"schemaVersion", " must be 2"};
  json_member<descriptor> config{"config", ": must be an object"};
  json_member<descriptor> subject{"subject", ": must be an object"};
  json_member<std::vector<descriptor>> layers{"layers", " must be an array"};
  json_member<std::vector<descriptor>> blobs{"blobs", " must be an array"};
  json_member<std::vector<descriptor>> manifests{"manifests", " must be an array"};
  json_member<annotations_text> annotations{"annotations", " must be an object"};
};

/// Reads a manifest piece by piece, in linear time. Besides `json_reader`, the members take at most
/// 3 bytes of memory per byte of text while they grow, and 1.5 afterwards.
class manifest_reader {
public:
  explicit manifest_reader(std::size_t max_depth);
  manifest_reader(manifest_reader&&) noexcept;
  manifest_reader& operator=(manifest_reader&&) noexcept;
  ~manifest_reader();

  /// Does nothing after a fault; `finish` returns the fault.
  void write(std::string_view piece);
  /// Call once. Errors: those of `json_reader`; manifest_invalid (not an object).
  result<manifest_members> finish();

private:
  class members_reader;
  std::unique_ptr<members_reader> members_;
  json_reader reader_;
};

} // namespace gantry
