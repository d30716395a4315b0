#include "storage/memory/byte_budget.hpp"

#include <cassert>
#include <string>

namespace gantry::storage {

result<void> byte_budget::take(std::uint64_t bytes) {
  if (try_take(bytes))
    return {};
  if (reclaim_) {
    reclaim_();
    if (try_take(bytes))
      return {};
  }
  return fail(errc::insufficient_storage,
              "the storage limit is reached: " + std::to_string(used()) + " of " +
                std::to_string(limit_) + " bytes are in use");
}

bool byte_budget::try_take(std::uint64_t bytes) noexcept {
  auto used = used_.load();
  do {
    if (used > limit_ || bytes > limit_ - used)
      return false;
  } while (!used_.compare_exchange_weak(used, used + bytes));
  return true;
}

result<void> byte_claim::grow(std::uint64_t bytes) {
  auto taken = budget_->take(bytes);
  if (taken)
    bytes_ += bytes;
  return taken;
}

void byte_claim::shrink(std::uint64_t bytes) noexcept {
  if (bytes == 0)
    return;
  assert(bytes <= bytes_);
  bytes_ -= bytes;
  budget_->give_back(bytes);
}

} // namespace gantry::storage
