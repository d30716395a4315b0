// Stores a manifest in an engine with everything it references.
#pragma once

#include "transfer/content_writer.hpp"
#include "transfer/source_folder.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace gantry::transfer {

/// Reads the manifests of an image layout, each once per repository however the indexes are nested.
/// Keeps at most `max_nesting` manifests in memory. Not thread-safe.
class manifest_tree {
public:
  /// The deepest nesting of indexes, including the outermost.
  static constexpr std::size_t max_nesting = 32;
  /// Limits on one import: a few bytes of the source can name the same manifest for many
  /// repositories.
  static constexpr std::uint64_t max_manifests = 100'000;
  static constexpr std::uint64_t max_manifest_bytes = std::uint64_t{4} << 30;

  manifest_tree(content_writer& writer, const source_folder& layout)
    : writer_{writer}, layout_{layout} {}

  /// Called for each manifest that was stored in a repository.
  std::function<void(const repository_name&, const digest&)> arrived;

  /// Throws broken_entry if the manifest or a blob that it needs is missing or damaged. An index is
  /// stored without such children, and the report has a line about it.
  void put(const repository_name& repository, const descriptor& root, std::vector<tag> tags);

  /// Whether the manifest was stored in the repository.
  bool has(const repository_name& repository, const digest& id) const {
    return arrived_.contains({repository, id});
  }
  /// Reads and verifies a manifest of the layout. Throws broken_entry.
  manifest read(const descriptor& content) const;

private:
  using key = std::pair<repository_name, digest>;

  /// A manifest whose children are being stored.
  struct level {
    manifest value;
    std::size_t next = 0;
    /// The number of children that are missing, and why the first is.
    std::size_t lacking = 0;
    std::string reason = {};
  };

  level enter(const repository_name& repository, const descriptor& content);
  /// Stores the next child of the innermost level, or enters it.
  void put_next_child(const repository_name& repository, std::vector<level>& levels);
  void leave(const repository_name& repository, level done, std::vector<tag> tags);
  void put_blob(const repository_name& repository, const descriptor& blob);
  void count(const manifest& value);

  content_writer& writer_;
  const source_folder& layout_;
  std::set<key> arrived_;
  /// Manifests that cannot be stored, with the reason.
  std::map<key, std::string> broken_;
  std::uint64_t manifests_ = 0;
  std::uint64_t bytes_ = 0;
};

} // namespace gantry::transfer
