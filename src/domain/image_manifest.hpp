// The config and the manifest of an image that is made of given layers.
#pragma once

#include "domain/descriptor.hpp"
#include "domain/media_type.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry {

inline constexpr std::string_view tar_layer = "application/vnd.oci.image.layer.v1.tar";

struct new_image {
  /// In order, the lowest first.
  std::vector<descriptor> layers;
  /// The bytes of the config. Empty makes one for linux/amd64 that lists the layers as uncompressed
  /// ones.
  std::string config = {};
  std::string config_type = std::string{media_types::oci_config};
  /// Annotations of the manifest, by name and value.
  std::vector<std::pair<std::string, std::string>> annotations = {};
};

struct image_texts {
  std::string config;
  std::string manifest;
};

/// Equal parts have equal texts.
image_texts render_image(const new_image& parts);

} // namespace gantry
