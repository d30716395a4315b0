#include "storage/memory/prices.hpp"

#include "domain/referrers.hpp"
#include "storage/memory/saved_repository.hpp"

#include <string>
#include <vector>

namespace gantry::storage::prices {

namespace {

std::uint64_t of(const std::vector<descriptor>& list) {
  std::uint64_t sum = list.capacity() * sizeof(descriptor);
  for (const auto& each : list)
    sum += each.media_type.capacity() + 16;
  return sum;
}

} // namespace

std::uint64_t of(const repository_name& name) {
  // The actor and its mailbox, the store, and their index entries. The name is in the store, the
  // catalog, its list, the actor, the index of handles and the directory.
  return 2560 + 6 * (name.to_string().size() + 16);
}

std::uint64_t of(const manifest& value) {
  std::uint64_t sum = 1024 + value.bytes().capacity();
  sum += of(value.layers()) + of(value.children());
  sum += value.artifact_type().capacity() + value.annotations().capacity();
  if (value.subject()) // an entry in the list of its subject
    sum += 512 + 2 * sizeof(referrer) + value.annotations().size() + value.artifact_type().size();
  return sum;
}

std::uint64_t of(const saved_repository& saved) {
  auto sum = of(saved.name) + link * saved.blobs.size();
  for (const auto& each : saved.manifests) {
    sum += of(*each.value);
    for (const auto& name : each.tags)
      sum += of_tag(name.to_string());
  }
  for (const auto& [id, each] : saved.kept)
    sum += of(*each.value);
  return sum + history_entry * saved.history.size();
}

std::uint64_t of_tag(std::string_view name) {
  return 192 + name.size();
}

} // namespace gantry::storage::prices

namespace gantry::storage {

result<void> take_room(byte_claim& claim, std::uint64_t bytes) {
  if (claim.try_grow(bytes))
    return {};
  const auto& budget = *claim.budget();
  return fail(errc::insufficient_storage,
              "the storage limit is reached: " + std::to_string(budget.used()) + " of " +
                std::to_string(budget.limit()) + " bytes are in use");
}

} // namespace gantry::storage
