// An image that a test pushes without a client.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace gantry {

/// Becomes a manifest of the type `application/vnd.oci.image.manifest.v1+json`. Equal images have
/// equal digests.
struct image {
  /// Such as `team/app`.
  std::string repository;
  /// Empty leaves the manifest without a tag: it is found by its digest.
  std::string tag = "latest";
  /// The bytes of each layer. The registry stores any bytes; a client that unpacks the image
  /// expects what `layer_type` says.
  std::vector<std::string> layers = {};
  /// The bytes of the config. Empty makes a config for linux/amd64 that lists the layers as
  /// uncompressed ones.
  std::string config = {};
  /// The media type of all layers.
  std::string layer_type = "application/vnd.oci.image.layer.v1.tar";
  /// The media type of the config.
  std::string config_type = "application/vnd.oci.image.config.v1+json";
  /// Annotations of the manifest, by name and value.
  std::vector<std::pair<std::string, std::string>> annotations = {};
};

} // namespace gantry
