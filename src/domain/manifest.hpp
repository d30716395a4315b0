// A manifest: its exact bytes, and what a registry must understand of them (image-spec,
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
  opaque, ///< bytes that mean nothing here (lenient profile)
};

/// What is read of the bytes; `manifest` says what each is.
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
/// push it for a test.
enum class docker_config : std::uint8_t { required, optional };

/// Immutable, so any number of threads may read it; shared between actors and connections through
/// `manifest_ptr`. What it keeps of its bytes is at most 1.5 times as large as they are.
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
                                digest_algorithm algorithm = digest_algorithm::sha256,
                                docker_config config = docker_config::required);

  /// Takes any bytes. What `parse` refuses has kind `opaque`; where nothing says its type, that is
  /// docker's schema 2.
  static manifest accept(std::string bytes, const std::optional<media_type>& content_type,
                         const std::optional<digest>& trusted = {});

  /// One that was taken before, as `parse` or `accept` named it. Its bytes are neither hashed nor,
  /// before one of the functions from `kind` on is called, looked into; what `parse` refuses is
  /// `opaque` then.
  static manifest stored(std::string bytes, const digest& id, media_type type);

  const std::string& bytes() const noexcept { return bytes_; }
  const digest& id() const noexcept { return id_; }
  /// Sent back as Content-Type.
  const media_type& type() const noexcept { return type_; }
  manifest_kind kind() const { return read().kind; }

  /// Absent for an index; of an image only if docker's schema 2, an artifact or an unknown type.
  const std::optional<descriptor>& config() const { return read().config; }
  /// Those of a non-distributable type are included: `required_blobs` leaves them out.
  const std::vector<descriptor>& layers() const { return read().layers; }
  /// The manifests of an index.
  const std::vector<descriptor>& children() const { return read().children; }
  /// The manifest that this one refers to (image-spec, "subject"); it may be absent from the
  /// registry.
  const std::optional<descriptor>& subject() const { return read().subject; }
  /// `artifactType`, or the config's media type where that is empty; empty for an index without one
  /// (distribution-spec, "Listing Referrers").
  const std::string& artifact_type() const { return read().artifact_type; }
  /// The `annotations` object as JSON text; empty where there is none.
  const std::string& annotations() const { return read().annotations; }

  /// Whether it is docker's schema 2 without a config: see `docker_config`.
  bool lacks_config() const;

  /// Config and layers that must be in the repository before this manifest may be; each digest
  /// once, in order.
  std::vector<descriptor> required_blobs() const;

  /// The descriptor of this manifest in a referrers list (mediaType, size, digest, artifactType,
  /// annotations) as JSON text.
  std::string referrer_entry() const;

private:
  friend class manifest_parser;
  manifest(std::string bytes, const digest& id, media_type type, manifest_contents contents);

  /// Shared by copies. Contents that come later are for the first reader to fill in.
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
