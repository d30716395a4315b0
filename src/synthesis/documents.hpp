// The JSON documents of images: configs, manifests, indexes, signatures and SBOMs.
#pragma once

#include "domain/digest.hpp"
#include "synthesis/description.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::synthesis {

namespace types {
inline constexpr std::string_view layer = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view spdx = "application/spdx+json";
inline constexpr std::string_view cosign_signature =
  "application/vnd.dev.cosign.artifact.sig.v1+json";
inline constexpr std::string_view simple_signing =
  "application/vnd.dev.cosign.simplesigning.v1+json";
} // namespace types

/// A descriptor (image-spec, descriptor.md).
struct part {
  std::string_view type;
  digest id;
  std::uint64_t size = 0;
  /// Of a child in an index.
  std::optional<platform> runs_on = {};
  boost::json::object annotations = {};
};

/// An artifact that refers to a manifest, or a manifest like it without a subject.
struct attachment {
  std::string_view artifact_type;
  part config;
  part content;
  std::optional<part> subject = {};
};

/// `layers` are the digests of the uncompressed layers.
std::string render_config(const platform& runs_on, const std::vector<digest>& layers);
std::string render_image(const part& config, const std::vector<part>& layers);
std::string render_index(const std::vector<part>& children);
std::string render_attachment(const attachment& from);

/// A software bill of materials (SPDX 2.3) of the image `name` with this digest.
std::string render_sbom(std::string_view name, const digest& image);
/// What a cosign signature signs ("simple signing").
std::string render_signed_payload(const repository_name& repository, const digest& image);

} // namespace gantry::synthesis
