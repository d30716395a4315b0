// Makes new, unique images in microseconds.
#pragma once

#include "bench/layer_sizes.hpp"
#include "client/payload.hpp"
#include "domain/digest.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::bench {

struct image_settings {
  layer_sizes layer_size = layer_sizes{};
  /// At least one.
  std::uint32_t layers = 1;
  /// At least one.
  std::uint32_t repositories = 8;
  std::uint64_t seed = 1;
  /// Percent of layers taken from the base image, which is in its own repository and must be pushed
  /// first.
  std::uint32_t mount_share = 0;
};

/// A config or a layer.
struct image_blob {
  std::string digest;
  std::uint64_t size = 0;
  /// The whole config, or the end of a layer, which makes it unique.
  std::string text;
  /// The block that a layer repeats before `text`. The source owns it.
  std::string_view block = {};
  /// The repository to mount it from. Empty: it is uploaded. The source owns the text.
  std::string_view mounted_from = {};

  /// Views into this blob, which outlives them.
  client::payload content() const { return {block, text, size}; }
};

struct image {
  std::string repository;
  std::string tag;
  image_blob config;
  std::vector<image_blob> layers;
  std::string manifest;
  std::string manifest_digest;
};

namespace media_types {
inline constexpr std::string_view manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view layer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view octets = "application/octet-stream";
} // namespace media_types

/// Images are numbered. The same settings and number give the same bytes; images that differ in
/// seed or number share only mounted blobs. All layers start with the same pseudo-random bytes,
/// which are hashed once, and end with a unique text, so an image costs microseconds whatever its
/// size. Thread-safe.
class image_source {
public:
  /// In bytes: the size of the text at the end.
  static constexpr std::uint64_t least_layer_size = layer_sizes::least;

  /// Takes as long as hashing the largest layer.
  explicit image_source(image_settings settings);
  image_source(const image_source&) = delete;
  image_source& operator=(const image_source&) = delete;

  image make(std::uint64_t number) const;
  /// The image from which others mount layers. Null if none does.
  const image* base() const noexcept { return base_ ? &*base_ : nullptr; }
  const image_settings& settings() const noexcept { return settings_; }

private:
  image_blob make_layer(std::uint64_t number, std::uint32_t layer) const;

  image_settings settings_;
  std::string block_;
  /// By layer size: the hash state after the bytes with which all such layers start.
  std::map<std::uint64_t, std::string> hashed_begins_;
  std::optional<image> base_;
};

/// A repository of the loads with this seed.
std::string repository_named(std::uint64_t seed, const std::string& suffix);
/// The repository of image `number`, and its tag.
std::string repository_of(const image_settings& settings, std::uint64_t number);
std::string tag_of(std::uint64_t number);

} // namespace gantry::bench
