// Layers of pseudo-random bytes: tar files of one file, in gzip.
#pragma once

#include "domain/digest.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace gantry::synthesis {

/// A layer that can be made any number of times.
struct layer_recipe {
  /// Chooses the bytes.
  std::uint64_t stream = 0;
  /// Of the file in the layer.
  std::uint64_t size = 0;

  friend bool operator==(const layer_recipe&, const layer_recipe&) = default;
  friend auto operator<=>(const layer_recipe&, const layer_recipe&) = default;
};

/// What making a layer once tells about it.
struct layer_facts {
  digest id;
  /// Of the tar file: the config lists it (image-spec, config.md, "diff_ids").
  digest unpacked;
  /// CRC-32 of the tar file.
  std::uint32_t checksum = 0;
};

/// The size of the layer with a file of this size.
std::uint64_t packed_size(std::uint64_t content) noexcept;

using byte_output = std::function<void(std::span<const std::byte>)>;

/// Makes the layer in pieces. With `known` it computes no digests, and returns `known`.
layer_facts make_layer(const layer_recipe& recipe, const byte_output& out,
                       const std::optional<layer_facts>& known = {});

} // namespace gantry::synthesis
