// Repositories of the disk engine by name.
#pragma once

#include "storage/api/metadata.hpp"
#include "storage/disk/store.hpp"

namespace gantry::storage {

/// Thread-safe. Every answer is read from the database, so memory use does not depend on the number
/// of repositories.
class disk_catalog final : public metadata_engine {
public:
  explicit disk_catalog(disk_store& store) : store_{store} {}

  std::shared_ptr<repository_store> open(const repository_name& name) override;
  std::shared_ptr<const repository_store> open_aside(const repository_name& name) override;
  void contains(const repository_name& name, completion<bool> done) const override;
  void rename(const repository_name& from, const repository_name& to,
              std::shared_ptr<const tag_patterns> immutable, completion<void> done) override;
  void list_repositories(const page_request& request,
                         completion<page<repository_name>> done) const override;
  void list_linking(const digest& id, const page_request& request,
                    completion<page<repository_name>> done) const override;
  void repository_count(completion<std::size_t> done) const override;
  void list_changes(const change_query& query, completion<change_page> done) const override;
  void on_change(const void* listener, std::function<void()> told) override {
    store_.changes.set(listener, std::move(told));
  }

private:
  disk_store& store_;
};

} // namespace gantry::storage
