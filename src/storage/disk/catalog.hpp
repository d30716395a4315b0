// Repositories of the disk engine by name.
#pragma once

#include "domain/storage.hpp"
#include "storage/disk/store.hpp"

namespace gantry::storage {

/// Thread-safe. Every answer is read from the database, so memory use does not depend on the number
/// of repositories.
class disk_catalog final : public metadata_engine {
public:
  explicit disk_catalog(disk_store& store) : store_{store} {}

  std::shared_ptr<repository_store> open(const repository_name& name) override;
  bool contains(const repository_name& name) const override;
  page<repository_name> list_repositories(const page_request& request) const override;
  std::size_t repository_count() const override;

private:
  disk_store& store_;
};

} // namespace gantry::storage
