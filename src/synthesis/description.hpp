// The content that a YAML file describes: which images, of what size, and what is broken.
// docs/testing.md documents the file.
#pragma once

#include "domain/reference.hpp"
#include "domain/repository_name.hpp"
#include "synthesis/flaws.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::synthesis {

/// Of all repositories together.
inline constexpr std::size_t max_tags = 100'000;
inline constexpr std::size_t max_repositories = 100'000;
/// Layers, configs and manifests of all images together.
inline constexpr std::size_t max_parts = 1'000'000;
/// Of one repository.
inline constexpr std::size_t max_layers = 127;
inline constexpr std::size_t max_platforms = 100;
/// A tar file without extensions holds less than 8 GiB.
inline constexpr std::uint64_t max_layer_size = std::uint64_t{4} << 30;

/// As `os/architecture[/variant]`.
struct platform {
  std::string os;
  std::string architecture;
  std::string variant = {};

  std::string to_string() const;
  friend bool operator==(const platform&, const platform&) = default;
};

/// What each of the repositories with the same description holds.
struct repository_content {
  /// The tags of each image; at least one.
  std::vector<std::vector<tag>> images = {};
  /// The bytes of the file in each layer.
  std::vector<std::uint64_t> layers = {};
  /// More than one: images are indexes.
  std::vector<platform> platforms = {};
  /// A signature that refers to each image, or has a tag that names the image's digest.
  bool signature_referrers = false;
  bool signature_tags = false;
  bool sboms = false;
  std::vector<flaw> flaws = {};
};

struct described_repository {
  repository_name name;
  repository_content content;
};

struct description {
  /// Another number gives other bytes.
  std::uint64_t seed = 0;
  std::vector<described_repository> repositories;

  /// The bytes of all layers together, which is nearly all that the content takes.
  std::uint64_t layer_bytes() const;
};

/// Throws std::invalid_argument with line, column, key and reason.
description read_description(std::string_view text);

} // namespace gantry::synthesis
