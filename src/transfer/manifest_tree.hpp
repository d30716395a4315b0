// Puts a manifest into an engine with all that it stands on.
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

/// Of an image layout. Reads each manifest once per repository, in whatever shape the indexes are
/// nested; keeps at most `max_nesting` manifests in memory. One thread.
class manifest_tree {
public:
  /// Indexes within each other, the outermost among them.
  static constexpr std::size_t max_nesting = 32;
  /// What one import may make of a source, in which a few bytes can name the same manifest again
  /// for another repository.
  static constexpr std::uint64_t max_manifests = 100'000;
  static constexpr std::uint64_t max_manifest_bytes = std::uint64_t{4} << 30;

  manifest_tree(content_writer& writer, const source_folder& layout)
    : writer_{writer}, layout_{layout} {}

  /// Called with each manifest that a repository got.
  std::function<void(const repository_name&, const digest&)> arrived;

  /// Throws broken_entry: the manifest or a blob that it needs is missing or damaged. An index
  /// whose child is, comes without that child, and the report has a line about it.
  void put(const repository_name& repository, const descriptor& root, std::vector<tag> tags);

  /// Whether the manifest has arrived in the repository.
  bool has(const repository_name& repository, const digest& id) const {
    return arrived_.contains({repository, id});
  }
  /// A manifest of the layout, verified. Throws broken_entry.
  manifest read(const descriptor& content) const;

private:
  using key = std::pair<repository_name, digest>;

  /// A manifest whose children are on their way.
  struct level {
    manifest value;
    std::size_t next = 0;
    /// Children that did not come, and why the first of them did not.
    std::size_t lacking = 0;
    std::string reason = {};
  };

  level enter(const repository_name& repository, const descriptor& content);
  /// Puts the next child of the innermost level, or enters it.
  void put_next_child(const repository_name& repository, std::vector<level>& levels);
  void leave(const repository_name& repository, level done, std::vector<tag> tags);
  void put_blob(const repository_name& repository, const descriptor& blob);
  void count(const manifest& value);

  content_writer& writer_;
  const source_folder& layout_;
  std::set<key> arrived_;
  /// Those that cannot come, and why.
  std::map<key, std::string> broken_;
  std::uint64_t manifests_ = 0;
  std::uint64_t bytes_ = 0;
};

} // namespace gantry::transfer
