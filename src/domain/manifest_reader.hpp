// Picks the members of a manifest that a registry must understand; the rest is read over and takes
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

/// One member as it stands in the document. Null counts as no value: Go programs write empty fields
/// so.
template <class T>
struct json_member {
  std::string_view name;
  /// What is wrong with a value of another type; follows the name.
  std::string_view complaint;
  bool is_written = false;
  std::optional<T> value{};
  std::optional<error> fault{};

  bool is_absent_or_null() const noexcept { return !value && !fault; }

  /// The value, or an empty one. Errors: the fault.
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

/// The JSON text of a map from strings to strings; empty for an empty one.
struct annotations_text {
  std::string text;
};

/// Which of them must be there, and which exclude each other, is for `manifest` to say.
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

/// Reads a manifest piece by piece as it comes, in time linear in the size of a piece. Beside what
/// `json_reader` takes, the members take at most 3 bytes of memory per byte of text while they
/// grow, and 1.5 afterwards.
class manifest_reader {
public:
  explicit manifest_reader(std::size_t max_depth);
  manifest_reader(manifest_reader&&) noexcept;
  manifest_reader& operator=(manifest_reader&&) noexcept;
  ~manifest_reader();

  /// Does nothing after a fault, which `finish` tells.
  void write(std::string_view piece);
  /// Call it once. Errors: those of `json_reader`; manifest_invalid (not an object).
  result<manifest_members> finish();

private:
  class members_reader;
  std::unique_ptr<members_reader> members_;
  json_reader reader_;
};

} // namespace gantry
