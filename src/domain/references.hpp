// Checks whether a repository has everything that a manifest references.
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/manifest_write.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace gantry {

/// What a repository holds under one digest.
struct held_content {
  bool is_manifest = false;
  /// The size if it is a linked blob.
  std::optional<std::uint64_t> blob_size;
};

/// Fills in `found`, which has the length of `wanted` and is initially empty.
using content_lookup =
  std::function<void(std::span<const digest> wanted, std::span<held_content> found)>;

/// `look_up` is called with at most this many digests at a time, and once per digest.
inline constexpr std::size_t max_looked_up = 64;

/// The digests of the blobs, layers and children that the manifest needs, each once. The subject is
/// not needed.
std::vector<digest> references_of(const manifest& value);

/// Checks the references of `write` as its fields demand, and returns the missing ones. Stops at
/// `max_missing_named`. Errors: manifest_blob_unknown (with each missing digest), manifest_invalid
/// (a size differs).
result<missing_references> check_references(const manifest_write& write,
                                            const content_lookup& look_up);

} // namespace gantry
