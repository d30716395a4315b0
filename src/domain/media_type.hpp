// Normalised media types, and those that a registry must know by name.
#pragma once

#include "domain/error.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace gantry {

/// A lower-case `type/subtype` without parameters (RFC 9110, 8.3.1; RFC 6838 names), at most 255
/// characters.
class media_type {
public:
  /// Parses a Content-Type: drops parameters and folds case. Errors: media_type_unsupported.
  static result<media_type> parse(std::string_view text);

  const std::string& to_string() const noexcept { return text_; }

  friend bool operator==(const media_type&, const media_type&) = default;
  friend bool operator==(const media_type& left, std::string_view right) {
    return left.text_ == right;
  }

private:
  explicit media_type(std::string text) : text_{std::move(text)} {}
  std::string text_;
};

namespace media_types {
inline constexpr std::string_view oci_manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view oci_index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view oci_config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view oci_empty = "application/vnd.oci.empty.v1+json";
inline constexpr std::string_view oci_artifact = "application/vnd.oci.artifact.manifest.v1+json";
inline constexpr std::string_view docker_manifest =
  "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view docker_list =
  "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view docker_schema1 =
  "application/vnd.docker.distribution.manifest.v1+json";
inline constexpr std::string_view docker_schema1_signed =
  "application/vnd.docker.distribution.manifest.v1+prettyjws";
} // namespace media_types

/// An image manifest (config and layers): the OCI one or docker's schema 2.
bool is_image_manifest(const media_type& type) noexcept;
/// An image index or docker's manifest list (children).
bool is_index(const media_type& type) noexcept;
/// Layers that a registry need not have: OCI non-distributable and docker foreign layers.
bool is_nondistributable_layer(std::string_view type) noexcept;

} // namespace gantry
