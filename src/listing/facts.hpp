// What the index keeps of a manifest.
#pragma once

#include "domain/descriptor.hpp"
#include "domain/digest.hpp"
#include "domain/manifest.hpp"
#include "domain/reference.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::listing {

/// Engines of indexes store the numbers: never change one.
enum class fact_kind : std::uint8_t { annotation = 0, label = 1 };

struct fact {
  fact_kind kind = fact_kind::annotation;
  std::string key;
  std::string value;

  bool operator==(const fact&) const = default;
};

/// A manifest that an index names.
struct child {
  digest target;
  /// As the index says it; empty if it does not.
  std::string platform = {};

  bool operator==(const child&) const = default;
};

struct manifest_facts {
  digest id;
  std::string media_type = {};
  std::string artifact_type = {};
  /// Of the manifest itself.
  std::uint64_t bytes = 0;
  std::optional<digest> subject = {};
  /// Config and layers that the registry has, each once; no size is above `max_blob_size`.
  std::vector<descriptor> blobs = {};
  std::vector<child> children = {};
  /// Of its config; empty if that does not say it.
  std::string platform = {};
  /// At most `max_facts`, and none that is longer than `max_fact_length`.
  std::vector<fact> facts = {};
};

/// Larger ones count as this, so that sums stay numbers. 1 TiB.
inline constexpr std::uint64_t max_blob_size = std::uint64_t{1} << 40U;

/// The most annotations, and labels, that are kept of a manifest.
inline constexpr std::size_t max_facts = 256;
/// A larger config is not read.
inline constexpr std::uint64_t max_config_bytes = 1024 * 1024;

/// `config` is the text of its config; empty if there is none, or it is not read.
manifest_facts facts_of(const manifest& value, std::string_view config);

/// The manifest that a tag signs or describes by its name, as cosign writes it (`sha256-….sig`),
/// and the artifact type that says so; absent for other tags.
std::optional<std::pair<digest, std::string>> subject_of(const tag& name);

} // namespace gantry::listing
