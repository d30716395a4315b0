// Changes of many manifests of a repository in memory at once.
#include "domain/references.hpp"
#include "storage/memory/blob_index.hpp"
#include "storage/memory/catalog.hpp"
#include "storage/memory/repository.hpp"

#include <boost/polymorphic_pointer_cast.hpp>

#include <unordered_set>
#include <utility>

namespace gantry::storage {

void memory_repository::copy_manifests(manifest_copy copy, completion<change_summary> done) {
  with_room(room_, std::move(done),
            [self = shared_from_this(), copy = std::move(copy)]() -> result<change_summary> {
              const auto catalog = self->catalog_.lock();
              if (!catalog || copy.manifests.empty())
                return change_summary{};
              const auto from =
                boost::polymorphic_pointer_downcast<memory_repository>(catalog->open(copy.from));
              // Each repository is locked by itself: copies may go both ways at once.
              const auto blobs = from->blobs_of(copy.manifests);
              return blobs ? self->take_copies(copy, *blobs) : blobs.error();
            });
}

result<memory_repository::blob_list>
memory_repository::blobs_of(const std::vector<manifest_write>& manifests) const {
  blob_list found;
  std::unordered_set<digest> seen;
  const lock_guard lock{mutex_};
  for (const auto& each : manifests) {
    if (!manifests_.contains(each.value->id()))
      return fail(errc::manifest_unknown, each.value->id().to_string());
    for (const auto& named : references_of(*each.value))
      if (auto linked = links_.find(named); linked && seen.insert(named).second)
        found.push_back(std::move(linked));
  }
  return found;
}

result<change_summary> memory_repository::take_copies(const manifest_copy& copy,
                                                      const blob_list& blobs) {
  const lock_guard lock{mutex_};
  std::uint64_t room = prices::link * blobs.size();
  for (const auto& write : copy.manifests) {
    if (auto allowed = check_conditions(write); !allowed)
      return std::move(allowed).error();
    room += added_bytes(write);
  }
  // Blobs that were found before the engine was cleared must not come back.
  for (const auto& each : blobs)
    if (each->generation() != generation_)
      return fail(errc::blob_unknown, each->id().to_string());
  auto more = added_use(copy.manifests);
  for (const auto& each : blobs)
    more.bytes += links_.find(each->id()) ? 0 : each->size();
  if (auto reserved = reserve(room, more); !reserved)
    return std::move(reserved).error();
  for (const auto& each : blobs)
    if (!links_.find(each->id()))
      links_.link(each);
  change_summary made;
  for (const auto& write : copy.manifests) {
    made.manifests += manifests_.contains(write.value->id()) ? 0 : 1;
    made.change = record_put(write, made.change, made.tags);
    apply(write);
  }
  settle();
  report();
  return made;
}

void memory_repository::delete_manifests(const removal& how, completion<change_summary> done) {
  done(remove_all(how));
}

result<change_summary> memory_repository::remove_all(const removal& how) {
  std::vector<manifest_ptr> released; // destroyed after the lock is released: they may be large
  std::vector<blob_link> unlinked;
  change_summary made;
  const lock_guard lock{mutex_};
  for (const auto& [name, target] : tags_)
    if (immutable_->match(name.to_string()))
      return fail(errc::tag_immutable, name.to_string());
  const auto drop = [&](const digest& id) GANTRY_REQUIRES(mutex_) {
    for (auto& each : drop_manifest(id, how.leaves))
      unlinked.push_back(std::move(each));
  };
  while (!manifests_.empty()) {
    const auto& doomed = manifests_.begin()->second;
    const auto& value = released.emplace_back(doomed.value);
    for (const auto name : doomed.tags)
      made.change =
        record_removal(change_kind::remove, tags_.find(name)->first, *value, how.by, made.change);
    made.tags += doomed.tags.size();
    made.change = record_removal(change_kind::remove, std::nullopt, *value, how.by, made.change);
    ++made.manifests;
    drop(digest{value->id()});
  }
  while (how.leaves == remains::purged && !kept_.empty()) {
    const auto& value = released.emplace_back(kept_.begin()->second.value);
    drop(digest{value->id()});
  }
  settle();
  report();
  return made;
}

void memory_repository::expire(const expiry& what, completion<change_summary> done) {
  done(take_away(what));
}

result<void> memory_repository::check_expiry(const expiry& what) const {
  for (const auto& [name, wanted] : what.tags) {
    const auto found = tags_.find(name);
    if (found == tags_.end() || found->second->value->id() != wanted)
      return fail(errc::plan_outdated, "the tag " + name.to_string() +
                                         (found == tags_.end() ? " is gone" : " has moved"));
    if (immutable_->match(name.to_string()))
      return fail(errc::tag_immutable, name.to_string());
  }
  return {};
}

bool memory_repository::is_needed(const stored_manifest& stored) const {
  const auto& subject = stored.value->subject();
  const auto naming = needed_by_.find(stored.value->id());
  return !stored.tags.empty() || (naming != needed_by_.end() && !naming->second.empty()) ||
         (subject && manifests_.contains(subject->target));
}

std::vector<digest> memory_repository::dependents_of(const manifest& value) const {
  std::vector<digest> found;
  for (const auto& child : value.children())
    found.push_back(child.target);
  if (const auto referring = referrers_.find(value.id()); referring != referrers_.end())
    for (const auto& id : referring->second.list(nullptr, std::nullopt, manifests_.size()))
      found.push_back(id);
  return found;
}

result<change_summary> memory_repository::take_away(const expiry& what) {
  std::vector<manifest_ptr> released; // destroyed after the lock is released: they may be large
  std::vector<blob_link> unlinked;
  change_summary made;
  const lock_guard lock{mutex_};
  if (auto possible = check_expiry(what); !possible)
    return std::move(possible).error();
  std::vector<digest> candidates;
  for (const auto& [name, target] : what.tags) {
    // One that is named twice is gone by now.
    const auto found = tags_.find(name);
    if (found == tags_.end())
      continue;
    made.change =
      record_removal(change_kind::expire, name, *found->second->value, what.how.by, made.change);
    remove_tag(name.to_string());
    candidates.push_back(target);
    ++made.tags;
  }
  while (!candidates.empty()) {
    const auto found = manifests_.find(candidates.back());
    candidates.pop_back();
    if (found == manifests_.end() || is_needed(found->second))
      continue;
    const auto& value = released.emplace_back(found->second.value);
    const auto next = dependents_of(*value);
    candidates.insert(candidates.end(), next.begin(), next.end());
    made.change =
      record_removal(change_kind::expire, std::nullopt, *value, what.how.by, made.change);
    for (auto& each : drop_manifest(digest{value->id()}, what.how.leaves))
      unlinked.push_back(std::move(each));
    ++made.manifests;
  }
  settle();
  report();
  return made;
}

bool memory_repository::has_any() const {
  const lock_guard lock{mutex_};
  return !manifests_.empty() || !kept_.empty();
}

} // namespace gantry::storage
