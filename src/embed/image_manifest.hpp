// The config and the manifest of a public image.
#pragma once

#include "domain/digest.hpp"

#include <gantry/image.hpp>

#include <string>
#include <vector>

namespace gantry::embed {

/// The texts that make an image of layers.
struct image_texts {
  std::string config;
  std::string manifest;
};

/// `layers` are the digests of the image's layers, in order.
image_texts render(const image& of, const std::vector<digest>& layers);

} // namespace gantry::embed
