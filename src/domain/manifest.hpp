// A manifest: its exact bytes, and what a registry must understand of them (image-spec,
// manifest.md, image-index.md).
#pragma once

#include "domain/descriptor.hpp"
#include "domain/error.hpp"
#include "domain/media_type.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry {

enum class manifest_kind : std::uint8_t {
  image,  ///< config and layers
  index,  ///< children
  opaque, ///< bytes that nobody looked into (lenient profile)
};

/// Immutable once parsed; shared between actors and connections through `manifest_ptr`.
class manifest {
public:
  /// JSON nesting above this is refused.
  static constexpr std::size_t max_depth = 64;

  /// Parses and validates `bytes`. `content_type` is the request's header; without one the
  /// `mediaType` field decides. `algorithm` says which digest names the manifest.
  ///
  /// The OCI and docker types must have their own shape. Of any other `application/vnd.…+json` the
  /// shape decides: `manifests` makes it an index; `config`, `layers` or the `blobs` of the retired
  /// artifact manifests make it an image, whose config and schemaVersion may be absent. So artifact
  /// types yet unknown can be stored and are held together by their descriptors.
  ///
  /// Errors: manifest_invalid (not JSON, duplicate keys, invalid UTF-8, nested too deep,
  /// schemaVersion other than 2, media type absent or not equal to Content-Type, both `manifests`
  /// and `layers`/`config`, malformed descriptors, schema 1), media_type_unsupported (a
  /// Content-Type that no manifest has, or an unknown one without such a shape).
  static result<manifest> parse(std::string bytes, const std::optional<media_type>& content_type,
                                digest_algorithm algorithm = digest_algorithm::sha256);

  /// Takes any bytes. What `parse` refuses has kind `opaque`; where nothing says its type, that is
  /// docker's schema 2.
  static manifest accept(std::string bytes, const std::optional<media_type>& content_type,
                         const std::optional<digest>& trusted = {});

  const std::string& bytes() const noexcept { return bytes_; }
  const digest& id() const noexcept { return id_; }
  /// Sent back as Content-Type.
  const media_type& type() const noexcept { return type_; }
  manifest_kind kind() const noexcept { return kind_; }

  /// Absent for an index.
  const std::optional<descriptor>& config() const noexcept { return config_; }
  /// Those of a non-distributable type are included: `required_blobs` leaves them out.
  const std::vector<descriptor>& layers() const noexcept { return layers_; }
  /// The manifests of an index.
  const std::vector<descriptor>& children() const noexcept { return children_; }
  /// The manifest that this one refers to (image-spec, "subject"); it may be absent from the
  /// registry.
  const std::optional<descriptor>& subject() const noexcept { return subject_; }
  /// `artifactType`, or the config's media type where that is empty; empty for an index without one
  /// (distribution-spec, "Listing Referrers").
  const std::string& artifact_type() const noexcept { return artifact_type_; }
  /// The `annotations` object as JSON text; empty where there is none.
  const std::string& annotations() const noexcept { return annotations_; }

  /// Config and layers that must be in the repository before this manifest may be; each digest
  /// once, in order.
  std::vector<descriptor> required_blobs() const;

  /// The descriptor of this manifest in a referrers list (mediaType, size, digest, artifactType,
  /// annotations) as JSON text.
  std::string referrer_entry() const;

private:
  manifest(std::string bytes, digest id, media_type type);

  std::string bytes_;
  digest id_;
  media_type type_;
  manifest_kind kind_ = manifest_kind::opaque;
  std::optional<descriptor> config_;
  std::vector<descriptor> layers_;
  std::vector<descriptor> children_;
  std::optional<descriptor> subject_;
  std::string artifact_type_;
  std::string annotations_;
};

using manifest_ptr = std::shared_ptr<const manifest>;

} // namespace gantry
