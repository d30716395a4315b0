// Whether a repository has everything that a manifest names.
#pragma once

#include "domain/storage.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace gantry {

/// What a repository has under one digest.
struct held_content {
  bool is_manifest = false;
  /// Of a blob that it links.
  std::optional<std::uint64_t> blob_size;
};

/// Fills `found`, which is as long as `wanted` and says "nothing" everywhere.
using content_lookup =
  std::function<void(std::span<const digest> wanted, std::span<held_content> found)>;

/// `look_up` is asked for at most so many digests at a time, and for each digest once.
inline constexpr std::size_t max_looked_up = 64;

/// Every digest that the manifest names and needs, each once: blobs, layers, children. Its subject
/// is none of them.
std::vector<digest> references_of(const manifest& value);

/// What `write` names and the repository lacks, as far as its fields ask for that. Stops at
/// `max_missing_named`. Errors: manifest_blob_unknown (with each missing digest), manifest_invalid
/// (a size differs).
result<missing_references> check_references(const manifest_write& write,
                                            const content_lookup& look_up);

} // namespace gantry
