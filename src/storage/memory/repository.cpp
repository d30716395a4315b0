#include "storage/memory/repository.hpp"

#include "domain/references.hpp"
#include "storage/memory/blob_index.hpp"
#include "storage/memory/catalog.hpp"

#include <boost/polymorphic_pointer_cast.hpp>

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

namespace gantry::storage {

namespace {

// What an entry takes of the budget besides its text: map nodes, digests, pointers.
constexpr std::uint64_t manifest_overhead = 1024;
constexpr std::uint64_t tag_overhead = 192;
constexpr std::uint64_t link_overhead = 192;

// The text, and as much again for what was parsed out of it.
std::uint64_t bytes_of(const manifest& value) {
  return manifest_overhead + 2 * value.bytes().size();
}

std::uint64_t bytes_of(std::string_view tag_name) {
  return tag_overhead + tag_name.size();
}

} // namespace

memory_repository::memory_repository(const repository_name& name,
                                     std::shared_ptr<byte_budget> budget,
                                     std::weak_ptr<memory_catalog> catalog,
                                     std::weak_ptr<blob_index> index)
  : name_{name},
    claim_{std::move(budget)},
    catalog_{std::move(catalog)},
    index_{std::move(index)} {}

memory_repository::~memory_repository() {
  if (const auto catalog = catalog_.lock())
    catalog->forget(*this);
}

result<manifest_ptr> memory_repository::find_manifest(const reference& name) const {
  if (const auto* by_tag = std::get_if<tag>(&name)) {
    if (const auto found = tags_.find(*by_tag); found != tags_.end())
      return found->second->value;
  } else if (const auto found = manifests_.find(std::get<digest>(name));
             found != manifests_.end()) {
    return found->second.value;
  }
  return fail(errc::manifest_unknown, to_string(name));
}

page<tag> memory_repository::list_tags(const page_request& request) const {
  page<tag> listed;
  if (request.limit == 0)
    return listed;
  auto next = tags_.upper_bound(std::string_view{request.last});
  for (; next != tags_.end() && listed.items.size() < request.limit; ++next)
    listed.items.push_back(next->first);
  listed.more = next != tags_.end();
  return listed;
}

referrers_page memory_repository::list_referrers(const digest& subject,
                                                 const referrers_query& query) const {
  const auto found = referrers_.find(subject);
  return found == referrers_.end() ? referrers_page{} : select_referrers(found->second, query);
}

result<blob_ptr> memory_repository::find_blob(const digest& id) const {
  const auto found = links_.find(id);
  if (found == links_.end())
    return fail(errc::blob_unknown, id.to_string());
  return blob_ptr{found->second.target()};
}

result<blob_ptr> memory_repository::lease_blob(const digest& id, time_point lease_until) const {
  if (const auto index = index_.lock(); index && links_.contains(id))
    index->renew(id, lease_until);
  return find_blob(id);
}

void memory_repository::put_manifest(manifest_write write, completion<missing_references> done) {
  done(put(write));
}

void memory_repository::link_blob(blob_ptr linked, completion<void> done) {
  auto own = boost::polymorphic_pointer_downcast<const memory_blob>(linked);
  const auto id = own->id();
  if (links_.contains(id))
    return done({});
  if (auto claimed = claim_.grow(link_overhead); !claimed)
    return done(std::move(claimed));
  links_.emplace(id, std::move(own));
  report();
  done({});
}

void memory_repository::unlink_blob(const digest& id, completion<void> done) {
  const auto found = links_.find(id);
  if (found == links_.end())
    return done(fail(errc::blob_unknown, id.to_string()));
  if (auto free = check_not_needed(id); !free)
    return done(std::move(free));
  links_.erase(found);
  claim_.shrink(link_overhead);
  report();
  done({});
}

void memory_repository::delete_tag(const tag& name, completion<void> done) {
  if (!tags_.contains(name))
    return done(fail(errc::manifest_unknown, name.to_string()));
  if (immutable_->match(name.to_string()))
    return done(fail(errc::tag_immutable, name.to_string()));
  remove_tag(name.to_string());
  done({});
}

void memory_repository::delete_manifest(const digest& id, completion<void> done) {
  const auto found = manifests_.find(id);
  if (found == manifests_.end())
    return done(fail(errc::manifest_unknown, id.to_string()));
  if (auto free = check_not_needed(id); !free)
    return done(std::move(free));
  auto& doomed = found->second;
  while (!doomed.tags.empty())
    remove_tag(*doomed.tags.begin());
  remove_references(doomed);
  remove_referrer(*doomed.value);
  claim_.shrink(bytes_of(*doomed.value));
  manifests_.erase(found);
  report();
  done({});
}

result<missing_references> memory_repository::put(const manifest_write& write) {
  auto missing = check_conditions(write);
  if (!missing)
    return missing;
  if (manifests_.contains(write.value->id()) && !is_stored(*write.value)) {
    if (auto free = check_not_needed(write.value->id()); !free)
      return std::move(free).error();
  }
  if (auto claimed = claim_.grow(added_bytes(write)); !claimed)
    return std::move(claimed).error();
  const bool same = is_stored(*write.value);
  auto& stored = manifests_[write.value->id()];
  if (stored.value && !same) { // other bytes under the same digest: only where digests are trusted
    remove_references(stored);
    remove_referrer(*stored.value);
    claim_.shrink(bytes_of(*stored.value));
  }
  if (!same) {
    stored.value = write.value;
    add_references(stored);
    add_referrer(*write.value);
  }
  for (const auto& name : write.tags)
    point(name, stored);
  report();
  return missing;
}

result<missing_references> memory_repository::check_conditions(const manifest_write& write) const {
  for (const auto& name : write.immutable_tags) {
    const auto found = tags_.find(name);
    if (found != tags_.end() && found->second->value->id() != write.value->id())
      return fail(errc::tag_immutable, name.to_string());
  }
  if (write.max_repositories != 0 && !has_manifests()) {
    const auto catalog = catalog_.lock();
    if (catalog && catalog->repository_count() >= write.max_repositories)
      return fail(errc::quota_reached, "limit " + std::to_string(write.max_repositories));
  }
  return check_references(write, [this](auto wanted, auto found) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      found[i].is_manifest = manifests_.contains(wanted[i]);
      if (const auto link = links_.find(wanted[i]); link != links_.end())
        found[i].blob_size = link->second.target()->size();
    }
  });
}

bool memory_repository::is_stored(const manifest& value) const {
  const auto found = manifests_.find(value.id());
  return found != manifests_.end() && found->second.value->bytes() == value.bytes() &&
         found->second.value->type().to_string() == value.type().to_string();
}

std::uint64_t memory_repository::added_bytes(const manifest_write& write) const {
  const auto& value = *write.value;
  std::uint64_t sum = is_stored(value) ? 0 : bytes_of(value);
  std::set<std::string_view> new_tags;
  for (const auto& name : write.tags) {
    if (!tags_.contains(name) && new_tags.insert(name.to_string()).second)
      sum += bytes_of(name.to_string());
  }
  return sum;
}

void memory_repository::point(const tag& name, stored_manifest& target) {
  const auto [position, added] = tags_.try_emplace(name, &target);
  const std::string_view key = position->first.to_string();
  if (!added)
    position->second->tags.erase(key);
  position->second = &target;
  target.tags.insert(key);
}

result<void> memory_repository::check_not_needed(const digest& id) const {
  if (immutable_->empty())
    return {};
  std::vector<const stored_manifest*> needing;
  std::unordered_set<const stored_manifest*> seen;
  const auto add_those_of = [&](const digest& needed) {
    if (const auto found = needed_by_.find(needed); found != needed_by_.end())
      for (const auto* each : found->second)
        if (seen.insert(each).second)
          needing.push_back(each);
  };
  if (const auto found = manifests_.find(id); found != manifests_.end())
    needing.push_back(&found->second);
  add_those_of(id);
  while (!needing.empty()) {
    const auto& one = *needing.back();
    needing.pop_back();
    for (const auto name : one.tags)
      if (immutable_->match(name))
        return fail(errc::tag_immutable, name);
    add_those_of(one.value->id());
  }
  return {};
}

void memory_repository::add_references(const stored_manifest& from) {
  for (const auto& needed : references_of(*from.value))
    needed_by_[needed].push_back(&from);
}

void memory_repository::remove_references(const stored_manifest& from) {
  for (const auto& needed : references_of(*from.value)) {
    const auto found = needed_by_.find(needed);
    auto& list = found->second;
    *std::find(list.begin(), list.end(), &from) = list.back();
    list.pop_back();
    if (list.empty())
      needed_by_.erase(found);
  }
}

void memory_repository::add_referrer(const manifest& value) {
  if (!value.subject())
    return;
  referrers_[value.subject()->target].insert(
    {value.id(), value.artifact_type(), value.referrer_entry()});
}

void memory_repository::remove_referrer(const manifest& value) {
  if (!value.subject())
    return;
  const auto found = referrers_.find(value.subject()->target);
  found->second.erase(value.id());
  if (found->second.is_empty())
    referrers_.erase(found);
}

void memory_repository::remove_tag(std::string_view name) {
  const auto found = tags_.find(name);
  claim_.shrink(bytes_of(name));
  found->second->tags.erase(name);
  tags_.erase(found);
}

// Tells the catalog when the repository appears in it or vanishes from it; most writes do neither.
void memory_repository::report() {
  const bool anything = !manifests_.empty() || !links_.empty();
  if (anything == reported_anything_ && has_manifests() == reported_manifests_)
    return;
  reported_anything_ = anything;
  reported_manifests_ = has_manifests();
  if (const auto catalog = catalog_.lock())
    catalog->update(*this, reported_anything_, reported_manifests_);
}

} // namespace gantry::storage
