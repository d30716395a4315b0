// The metadata of one repository of the disk engine.
#pragma once

#include "domain/storage.hpp"
#include "storage/disk/store.hpp"

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gantry::storage {

/// One caller at a time; holds nothing that the database does not hold, but for the manifests that
/// were asked for last.
class disk_repository final : public repository_store {
public:
  disk_repository(disk_store& store, const repository_name& name);

  result<manifest_ptr> find_manifest(const reference& name) const override;
  result<manifest_ptr> lease_manifest(const reference& name, time_point lease_until) const override;
  page<tag> list_tags(const page_request& request) const override;
  referrers_page list_referrers(const digest& subject, const referrers_query& query) const override;
  result<blob_ptr> find_blob(const digest& id) const override;
  result<blob_ptr> lease_blob(const digest& id, time_point lease_until) const override;
  bool has_manifests() const override;

  void put_manifest(manifest_write write, completion<missing_references> done) override;
  /// Precondition: `linked` is a blob of the same engine.
  void link_blob(blob_ptr linked, completion<void> done) override;
  void unlink_blob(const digest& id, completion<void> done) override;
  void delete_tag(const tag& name, completion<void> done) override;
  void delete_manifest(const digest& id, completion<void> done) override;
  void hold_until(time_point until) override;

private:
  /// Manifests by the text of a tag or digest. Valid only while no write is on its way and nothing
  /// changed from outside.
  class memory {
  public:
    manifest_ptr find(const std::string& key) const;
    void keep(const std::string& key, manifest_ptr value);
    void clear();

  private:
    static constexpr std::size_t max_entries = 256;
    static constexpr std::size_t max_bytes = 1024 * 1024;
    std::unordered_map<std::string, manifest_ptr> entries_;
    std::size_t bytes_ = 0;
  };

  void submit(writer::operation work, completion<void> done);
  bool may_remember() const;

  disk_store& store_;
  std::string name_;
  std::uint64_t generation_;
  /// Writes that are not committed yet.
  std::shared_ptr<std::atomic<std::size_t>> pending_;
  mutable memory memory_;
  mutable std::uint64_t remembered_changes_ = 0;
};

} // namespace gantry::storage
