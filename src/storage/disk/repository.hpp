// The metadata of one repository of the disk engine.
#pragma once

#include "storage/api/metadata.hpp"
#include "storage/disk/store.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace gantry::storage {

/// One caller at a time. All state is in the database; recently read manifests are in the engine's
/// cache.
class disk_repository final : public repository_store {
public:
  /// Whether what is read stays in the engine's cache.
  enum class caching : std::uint8_t { on, off };

  disk_repository(disk_store& store, const repository_name& name, caching how = caching::on);

  void find_manifest(const reference& name, completion<manifest_ptr> done) const override;
  void lease_manifest(const reference& name, time_point lease_until,
                      completion<manifest_ptr> done) const override;
  void list_tags(const page_request& request, completion<page<tag>> done) const override;
  void list_referrers(const digest& subject, const referrers_query& query,
                      completion<referrers_page> done) const override;
  void list_removed(const page_request& request,
                    completion<page<removed_manifest>> done) const override;
  void list_manifests(const page_request& request, completion<page<digest>> done) const override;
  void list_tag_states(const page_request& request,
                       completion<page<tag_state>> done) const override;
  void list_history(const history_query& query,
                    completion<page<history_entry>> done) const override;
  void find_blob(const digest& id, completion<blob_ptr> done) const override;
  void has_manifests(completion<bool> done) const override;

  void put_manifest(manifest_write write, completion<missing_references> done) override;
  void copy_manifests(manifest_copy copy, completion<change_summary> done) override;
  /// Precondition: `linked` belongs to the same engine.
  void link_blob(blob_ptr linked, completion<void> done) override;
  void unlink_blob(const digest& id, completion<void> done) override;
  void delete_tag(const tag& name, const changer_ptr& by, completion<void> done) override;
  void delete_manifest(const digest& id, const removal& how, completion<void> done) override;
  void delete_manifests(const removal& how, completion<change_summary> done) override;
  void expire(const expiry& what, completion<change_summary> done) override;
  void undo(const undo_request& request, completion<std::vector<history_entry>> done) override;
  void hold_until(time_point until) override;
  void protect(std::shared_ptr<const tag_patterns> immutable) override;

private:
  void submit(writer::operation work, completion<void> done,
              writer::effect does = writer::effect::frees);
  /// Likewise, for work that answers with something. It takes the patterns of immutable tags and
  /// the time, in milliseconds, too.
  template <class T, class Work>
  void submit_for(Work work, completion<T> done, writer::effect does = writer::effect::frees);
  /// Whether a read may be cached: caching is on, and no write is pending. Raises the version if
  /// rows changed from outside.
  bool may_remember() const;
  result<manifest_ptr> look_up(const reference& name) const;
  result<manifest_ptr> read_manifest(const reference& name) const;
  result<blob_ptr> linked_blob(const digest& id) const;
  void report_damage(const digest& id) const;

  disk_store& store_;
  /// Empty without quotas.
  std::optional<repository_name> limited_;
  std::string name_;
  const bool is_cached_;
  std::uint64_t generation_;
  std::shared_ptr<const tag_patterns> immutable_ = std::make_shared<const tag_patterns>();
  /// Writes that are not committed yet.
  std::shared_ptr<std::atomic<std::size_t>> pending_;
  /// This repository's id in the cache, and the version of its valid entries.
  std::uint64_t cache_owner_;
  mutable std::uint64_t cache_version_ = 0;
  mutable std::uint64_t remembered_changes_ = 0;
};

} // namespace gantry::storage
