// Makes images that no registry has seen, at next to no cost.
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
  /// Percent of the layers that are those of another image, which lies in a repository of its own
  /// and has to be pushed first.
  std::uint32_t mount_share = 0;
};

/// A config or a layer.
struct image_blob {
  std::string digest;
  std::uint64_t size = 0;
  /// All of a config; the end of a layer, which makes it unique.
  std::string text;
  /// What a layer repeats in front of that; the source owns it.
  std::string_view block = {};
  /// The repository that has it already; empty for none. The source owns it.
  std::string_view mounted_from = {};

  /// Views of this blob.
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

/// Images are numbered: the same settings and number give the same bytes, any two that differ in
/// seed or number share no blob but those that are mounted. All layers begin with the same
/// pseudo-random bytes, which are hashed once, and end with a text of their own, so making an image
/// costs microseconds whatever its size. Any thread.
class image_source {
public:
  /// Bytes of the text at the end.
  static constexpr std::uint64_t least_layer_size = layer_sizes::least;

  /// Hashes as many bytes as the largest layer has.
  explicit image_source(image_settings settings);
  image_source(const image_source&) = delete;
  image_source& operator=(const image_source&) = delete;

  image make(std::uint64_t number) const;
  /// The image that others mount layers from; null where none does.
  const image* base() const noexcept { return base_ ? &*base_ : nullptr; }
  const image_settings& settings() const noexcept { return settings_; }

private:
  image_blob make_layer(std::uint64_t number, std::uint32_t layer) const;

  image_settings settings_;
  std::string block_;
  /// By the size of a layer, the hash of what all layers of that size begin with.
  std::map<std::uint64_t, std::string> hashed_begins_;
  std::optional<image> base_;
};

/// A repository of the runs with this seed.
std::string repository_named(std::uint64_t seed, const std::string& suffix);
/// In which repository image `number` lies, and its tag.
std::string repository_of(const image_settings& settings, std::uint64_t number);
std::string tag_of(std::uint64_t number);

} // namespace gantry::bench
