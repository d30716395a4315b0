// Writes what repositories hold into the index, inside a transaction.
#pragma once

#include "domain/digest.hpp"
#include "domain/repository_name.hpp"
#include "domain/tag_state.hpp"
#include "listing/facts.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace gantry::listing {

/// A repository of the index, which is there from its first manifest or tag to its last. The rows
/// of tags and repositories follow from the others, in whichever order these come.
class content {
public:
  content(storage::sqlite::connection& rows, const repository_name& name);

  bool has_manifest(const digest& id);
  /// Does nothing if it is there.
  void add_manifest(const manifest_facts& facts);
  /// Does nothing if it is not there. Tags stay.
  void remove_manifest(const digest& id);

  /// What the log says of a manifest.
  struct target_facts {
    std::string_view media_type;
    std::uint64_t size = 0;
  };
  /// Points a tag to a manifest, which may be absent: then `otherwise` says what it is.
  void set_tag(const tag_state& state, const target_facts& otherwise);
  /// Does nothing if it is not there.
  void remove_tag(const tag& name);

private:
  void make();
  void leave_if_empty();
  void add_blob(std::int64_t manifest, const descriptor& blob);
  void remove_blobs(std::int64_t manifest);
  void count_bytes(std::int64_t repository, std::int64_t own, std::int64_t shared);
  void count_referrer(const digest& subject, std::string_view artifact_type, std::int64_t more);
  /// Computes size and platforms of a manifest from those of its children, without theirs, and
  /// shows them with its tags.
  void refresh(std::int64_t manifest);
  /// Of the indexes that name it.
  void refresh_parents(const digest& id);

  storage::sqlite::connection& rows_;
  const repository_name& name_;
  /// Zero if it is not there.
  std::int64_t id_ = 0;
};

} // namespace gantry::listing
