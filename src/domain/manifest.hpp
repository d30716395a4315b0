// A manifest: its exact bytes, and the parts that a registry must understand (image-spec,
// manifest.md, image-index.md).
#pragma once

#include "domain/descriptor.hpp"
#include "domain/error.hpp"
#include "domain/media_type.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry {

enum class manifest_kind : std::uint8_t {
  image,  ///< config and layers
  index,  ///< children
  opaque, ///< uninterpreted bytes (lenient profile)
};

/// The parsed fields; `manifest` documents them.
struct manifest_contents {
  manifest_kind kind = manifest_kind::opaque;
  std::optional<descriptor> config;
  std::vector<descriptor> layers;
  std::vector<descriptor> children;
  std::optional<descriptor> subject;
  std::string artifact_type;
  std::string annotations;
};

/// Whether docker's schema 2 must name a config. Clients cannot run an image without one, but some
/// tests push such images.
enum class docker_config : std::uint8_t { required, optional };

/// Immutable and therefore thread-safe; actors and connections share it through `manifest_ptr`. Its
/// parsed fields take at most 1.5 times the size of its bytes.
class manifest {
public:
  /// Deeper JSON nesting is refused.
  static constexpr std::size_t max_depth = 64;

  /// Parses and validates `bytes`. `content_type` is the request's header; without it, the
  /// `mediaType` field decides. `algorithm` chooses the digest that names the manifest.
  ///
  /// OCI and docker types must have their prescribed shape. For any other `application/vnd.…+json`
  /// the shape decides: `manifests` makes it an index; `config`, `layers` or the `blobs` of the
  /// retired artifact manifests make it an image, whose config and schemaVersion are optional. This
  /// way future artifact types can be stored, and their descriptors keep their contents.
  ///
  /// Errors: manifest_invalid (not JSON, duplicate keys, invalid UTF-8, nested too deep,
  /// schemaVersion other than 2, media type absent or not equal to Content-Type, both `manifests`
  /// and `layers`/`config`, malformed descriptors, schema 1), media_type_unsupported (the
  /// Content-Type is not a manifest type, or is unknown and the shape does not decide).
  static result<manifest> parse(std::string bytes, const std::optional<media_type>& content_type,
                                digest_algorithm algorithm = digest_algorithm::sha256,
                                docker_config config = docker_config::required);

  /// Accepts any bytes. Bytes that `parse` refuses have kind `opaque`; without a declared type,
  /// they get that of docker's schema 2.
  static manifest accept(std::string bytes, const std::optional<media_type>& content_type,
                         const std::optional<digest>& trusted = {});

  /// Restores a stored manifest with the id and type that `parse` or `accept` gave it. Does not
  /// hash the bytes, and parses them on the first call of `kind` or a function below it; bytes that
  /// `parse` refuses are then `opaque`.
  static manifest stored(std::string bytes, const digest& id, media_type type);

  const std::string& bytes() const noexcept { return bytes_; }
  const digest& id() const noexcept { return id_; }
  /// Returned to clients as Content-Type.
  const media_type& type() const noexcept { return type_; }
  manifest_kind kind() const { return read().kind; }

  /// Absent for an index; optional for an image of docker's schema 2, an artifact or an unknown
  /// type.
  const std::optional<descriptor>& config() const { return read().config; }
  /// Includes non-distributable layers; `required_blobs` omits them.
  const std::vector<descriptor>& layers() const { return read().layers; }
  /// The manifests of an index.
  const std::vector<descriptor>& children() const { return read().children; }
  /// The manifest that this one refers to (image-spec, "subject"); it may be absent from the
  /// registry.
  const std::optional<descriptor>& subject() const { return read().subject; }
  /// `artifactType`, or the config's media type if that is empty; empty for an index without one
  /// (distribution-spec, "Listing Referrers").
  const std::string& artifact_type() const { return read().artifact_type; }
  /// The `annotations` object as JSON text; empty if absent.
  const std::string& annotations() const { return read().annotations; }

  /// Whether this is docker's schema 2 without a config: see `docker_config`.
  bool lacks_config() const;

  /// The config and layers that the repository must have before this manifest is stored; each
  /// digest once, in order.
  std::vector<descriptor> required_blobs() const;

  /// This manifest's descriptor in a referrers list (mediaType, size, digest, artifactType,
  /// annotations), as JSON text.
  std::string referrer_entry() const;

private:
  friend class manifest_parser;
  manifest(std::string bytes, const digest& id, media_type type, manifest_contents contents);

  /// Shared by copies. The first reader fills in contents that are parsed lazily.
  struct reading {
    manifest_contents contents;
    std::once_flag once{};
  };

  const manifest_contents& read() const {
    if (is_stored_)
      read_once();
    return reading_->contents;
  }
  void read_once() const;

  std::string bytes_;
  digest id_;
  media_type type_;
  std::shared_ptr<reading> reading_;
  bool is_stored_ = false;
};

using manifest_ptr = std::shared_ptr<const manifest>;

} // namespace gantry
