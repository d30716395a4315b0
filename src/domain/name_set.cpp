#include "domain/name_set.hpp"

#include <algorithm>
#include <utility>

namespace gantry {

namespace {

constexpr std::size_t first_size = 128;

} // namespace

name_set::name_set(std::pmr::memory_resource* memory) : slots_{memory} {}

bool name_set::insert(std::uint64_t object, std::string_view name) {
  if ((size_ + 1) * 4 > slots_.size() * 3)
    grow();
  const auto hash = std::max<std::uint64_t>(1, sip_hash(process_hash_key(), object, name));
  auto& slot = slot_of(hash);
  if (slot == hash)
    return false;
  slot = hash;
  ++size_;
  return true;
}

/// The slot of `hash`, or the free slot for it.
std::uint64_t& name_set::slot_of(std::uint64_t hash) noexcept {
  const auto mask = slots_.size() - 1;
  auto at = hash & mask;
  for (++probes_; slots_[at] != 0 && slots_[at] != hash; ++probes_)
    at = (at + 1) & mask;
  return slots_[at];
}

void name_set::grow() {
  std::pmr::vector<std::uint64_t> smaller{std::max(first_size, slots_.size() * 2), 0,
                                          slots_.get_allocator()};
  smaller.swap(slots_);
  for (const auto hash : smaller) {
    if (hash != 0)
      slot_of(hash) = hash;
  }
}

} // namespace gantry
