#include "storage/disk/upload_folder.hpp"

#include "storage/disk/files.hpp"
#include "storage/disk/layout.hpp"

#include <tuple>

namespace gantry::storage {

bool upload_folder::is_claimed(const upload_id& id) const {
  const lock_guard lock{mutex_};
  return claimed_.contains(id);
}

bool upload_folder::is_current(const upload_id& id) const {
  const lock_guard lock{mutex_};
  const auto found = claimed_.find(id);
  return found != claimed_.end() && found->second == generation;
}

void upload_folder::forget(const upload_id& id) noexcept {
  // The record first: without it the data file is worthless.
  const bool had_record = records.forget(id);
  std::ignore = remove_file(folder.uploads(), layout::data_name(id));
  if (had_record)
    not_left();
}

void upload_folder::not_left() noexcept {
  auto count = left.load();
  while (count > 0 && !left.compare_exchange_weak(count, count - 1)) {
  }
}

std::optional<upload_claim> upload_claim::of(std::shared_ptr<upload_folder> home,
                                             const upload_id& id) {
  const auto generation = home->generation.load();
  {
    const lock_guard lock{home->mutex_};
    if (!home->claimed_.try_emplace(id, generation).second)
      return std::nullopt;
  }
  return upload_claim{std::move(home), id, generation};
}

upload_claim::~upload_claim() {
  if (!home_)
    return;
  const lock_guard lock{home_->mutex_};
  home_->claimed_.erase(id_);
}

} // namespace gantry::storage
