#include "storage/disk/engine.hpp"

#include "storage/disk/blobs.hpp"
#include "storage/disk/catalog.hpp"
#include "storage/disk/garbage_collection.hpp"
#include "storage/disk/layout.hpp"
#include "storage/disk/store.hpp"
#include "storage/disk/upkeep.hpp"
#include "storage/disk/uploads.hpp"

#include <cstddef>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <utility>

namespace gantry::storage {

namespace {

class disk_engine final : public storage_engine {
public:
  disk_engine(disk_options options, std::size_t workers)
    : store_{std::move(options)},
      uploads_{store_},
      blobs_{store_},
      catalog_{store_},
      upkeep_{store_, workers} {
    if (auto finished = finish_purges(store_); !finished)
      throw std::runtime_error{store_.folder.path().string() +
                               " cannot be used: " + std::string{to_string(finished.error().code)}};
  }

  upload_engine& uploads() override { return uploads_; }
  blob_engine& blobs() override { return blobs_; }
  metadata_engine& metadata() override { return catalog_; }
  upkeep_engine& upkeep() override { return upkeep_; }
  void set_keeper(lease_keeper* keeper) noexcept override { store_.keeper.set(keeper); }

private:
  disk_store store_;
  disk_uploads uploads_;
  disk_blobs blobs_;
  disk_catalog catalog_;
  // Last: its threads use the store.
  disk_upkeep upkeep_;
};

} // namespace

std::unique_ptr<storage_engine> open_disk_engine(disk_options options) {
  struct stat found {};
  if (options.files.status(AT_FDCWD, (options.folder / layout::backup).c_str(), found, 0) == 0)
    throw std::runtime_error{options.folder.string() +
                             " holds a backup, which must stay as it is: gantry restore " +
                             options.folder.string() + " --data NEW makes a registry of it"};
  const auto workers = options.workers;
  return std::make_unique<disk_engine>(std::move(options), workers);
}

} // namespace gantry::storage
