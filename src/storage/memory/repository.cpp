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

memory_repository::memory_repository(const repository_name& name,
                                     std::shared_ptr<byte_budget> budget,
                                     std::weak_ptr<memory_catalog> catalog,
                                     const std::shared_ptr<blob_index>& index,
                                     std::weak_ptr<room_maker> room,
                                     std::shared_ptr<history_counter> counter, quota_share share)
  : name_{name},
    budget_{std::move(budget)},
    generation_{index ? index->generation() : 0},
    claim_{budget_},
    owed_{prices::of(name)},
    share_{std::move(share)},
    catalog_{std::move(catalog)},
    room_{std::move(room)},
    history_{name_, std::move(counter)} {
  settle();
}

memory_repository::memory_repository(const saved_repository& saved,
                                     std::shared_ptr<byte_budget> budget,
                                     std::weak_ptr<memory_catalog> catalog,
                                     const std::shared_ptr<blob_index>& index,
                                     std::weak_ptr<room_maker> room,
                                     std::shared_ptr<history_counter> counter, quota_share share)
  : memory_repository{saved.name, std::move(budget), std::move(catalog),
                      index,      std::move(room),   std::move(counter)} {
  share_ = std::move(share);
  for (const auto& blob : saved.blobs)
    links_.link(index->adopt(blob));
  for (const auto& [value, tags] : saved.manifests)
    apply({.value = value, .tags = tags});
  history_.restore(saved.history);
  for (const auto& [id, each] : saved.kept) {
    keep(each.value);
    kept_.at(id).removed = each.removed;
  }
  reported_manifests_ = !manifests_.empty();
  reported_anything_ = reported_manifests_ || links_.linked() > 0 || !history_.is_empty();
  settle();
}

memory_repository::~memory_repository() {
  if (const auto catalog = catalog_.lock())
    catalog->forget(*this);
}

void memory_repository::find_manifest(const reference& name, completion<manifest_ptr> done) const {
  done(look_up(name));
}

void memory_repository::list_tags(const page_request& request, completion<page<tag>> done) const {
  done(tags_behind(request));
}

void memory_repository::list_manifests(const page_request& request,
                                       completion<page<digest>> done) const {
  done(manifests_behind(request));
}

void memory_repository::list_tag_states(const page_request& request,
                                        completion<page<tag_state>> done) const {
  done(tag_states_behind(request));
}

void memory_repository::list_referrers(const digest& subject, const referrers_query& query,
                                       completion<referrers_page> done) const {
  done(referrers_of(subject, query));
}

void memory_repository::find_blob(const digest& id, completion<blob_ptr> done) const {
  done(linked_blob(id));
}

void memory_repository::has_manifests(completion<bool> done) const {
  bool any = false;
  {
    const lock_guard lock{mutex_};
    any = !manifests_.empty();
  }
  done(any);
}

result<manifest_ptr> memory_repository::look_up(const reference& name) const {
  const lock_guard lock{mutex_};
  if (const auto* by_tag = std::get_if<tag>(&name)) {
    if (const auto found = tags_.find(*by_tag); found != tags_.end())
      return found->second->value;
  } else if (const auto found = manifests_.find(std::get<digest>(name));
             found != manifests_.end()) {
    return found->second.value;
  }
  return fail(errc::manifest_unknown, to_string(name));
}

page<tag> memory_repository::tags_behind(const page_request& request) const {
  page<tag> listed;
  if (request.limit == 0)
    return listed;
  const lock_guard lock{mutex_};
  auto next = tags_.upper_bound(std::string_view{request.last});
  for (; next != tags_.end() && listed.items.size() < request.limit; ++next)
    listed.items.push_back(next->first);
  listed.more = next != tags_.end();
  return listed;
}

/// They are not sorted, so each page looks at all of them.
page<digest> memory_repository::manifests_behind(const page_request& request) const {
  page<digest> listed;
  const auto last = digest::parse_lenient(request.last);
  if (request.limit == 0 || (!last && !request.last.empty()))
    return listed;
  std::vector<digest> ids;
  {
    const lock_guard lock{mutex_};
    ids.reserve(manifests_.size());
    for (const auto& [id, stored] : manifests_)
      if (!last || *last < id)
        ids.push_back(id);
  }
  listed.items.resize(std::min(ids.size(), request.limit), digest::of(std::string_view{}));
  std::ranges::partial_sort_copy(ids, listed.items);
  listed.more = ids.size() > listed.items.size();
  return listed;
}

page<tag_state> memory_repository::tag_states_behind(const page_request& request) const {
  page<tag_state> listed;
  const lock_guard lock{mutex_};
  auto next = tags_.upper_bound(std::string_view{request.last});
  for (; next != tags_.end() && listed.items.size() < request.limit; ++next) {
    tag_state state{.name = next->first, .target = next->second->value->id()};
    const auto last = history_.list({.name = next->first, .limit = 1});
    if (!last.items.empty()) {
      state.since = last.items.front().at;
      state.by = last.items.front().by;
    }
    listed.items.push_back(std::move(state));
  }
  listed.more = next != tags_.end();
  return listed;
}

referrers_page memory_repository::referrers_of(const digest& subject,
                                               const referrers_query& query) const {
  const lock_guard lock{mutex_};
  const auto found = referrers_.find(subject);
  return found == referrers_.end() ? referrers_page{} : select_referrers(found->second, query);
}

result<std::shared_ptr<const memory_blob>> memory_repository::find_link(const digest& id) const {
  auto found = links_.find(id);
  if (!found)
    return fail(errc::blob_unknown, id.to_string());
  return found;
}

result<blob_ptr> memory_repository::linked_blob(const digest& id) const {
  const lock_guard lock{mutex_};
  auto found = find_link(id);
  if (!found)
    return std::move(found).error();
  return blob_ptr{std::move(*found)};
}

void memory_repository::put_manifest(manifest_write write, completion<missing_references> done) {
  with_room(room_, std::move(done),
            [self = shared_from_this(), write = std::move(write)] { return self->put(write); });
}

void memory_repository::link_blob(blob_ptr linked, completion<void> done) {
  with_room(room_, std::move(done),
            [self = shared_from_this(),
             own = boost::polymorphic_pointer_downcast<const memory_blob>(linked)] {
              return self->link(own);
            });
}

result<void> memory_repository::link(const std::shared_ptr<const memory_blob>& own) {
  // A blob that was found or uploaded before the engine was cleared must not come back.
  if (own->generation() != generation_)
    return fail(errc::blob_unknown, own->id().to_string());
  const lock_guard lock{mutex_};
  if (links_.find(own->id()))
    return {};
  if (auto room = reserve(prices::link, {.bytes = own->size()}); !room)
    return room;
  links_.link(own);
  settle();
  report();
  return {};
}

void memory_repository::unlink_blob(const digest& id, completion<void> done) {
  done(unlink(id));
}

result<void> memory_repository::unlink(const digest& id) {
  blob_link released;
  const lock_guard lock{mutex_};
  if (!links_.find(id))
    return fail(errc::blob_unknown, id.to_string());
  if (auto free = check_not_needed(id); !free)
    return free;
  forget_kept_needing(id);
  released = links_.unlink(id);
  settle();
  report();
  return {};
}

saved_repository memory_repository::save() const {
  const lock_guard lock{mutex_};
  saved_repository saved{name_, {}, links_.blobs(), history_.all(), kept_};
  saved.manifests.reserve(manifests_.size());
  for (const auto& [id, stored] : manifests_) {
    auto& each = saved.manifests.emplace_back();
    each.value = stored.value;
    for (const auto name : stored.tags)
      each.tags.push_back(tags_.find(name)->first);
  }
  return saved;
}

std::size_t memory_repository::loose_links() const {
  const lock_guard lock{mutex_};
  return links_.loose();
}

std::vector<digest> memory_repository::next_loose_links(std::size_t most) {
  const lock_guard lock{mutex_};
  return links_.next_loose(most);
}

sweep_report memory_repository::sweep(const reservation& held, const sweep_rules& rules) {
  sweep_report swept;
  const lock_guard lock{mutex_};
  const bool on_hold = rules.hold_at_most && held_until_.load() > rules.now;
  for (const auto& each : held) {
    if (!links_.is_loose(each.id) ||
        (on_hold && each.leased_until + *rules.hold_at_most > rules.now))
      continue;
    ++swept.counted;
    if (!rules.dry_run)
      swept.taken.push_back(links_.unlink(each.id));
  }
  settle();
  report();
  return swept;
}

result<missing_references> memory_repository::put(const manifest_write& write) {
  const lock_guard lock{mutex_};
  auto missing = check_conditions(write);
  if (!missing)
    return missing;
  if (auto room = reserve(added_bytes(write), added_use({&write, 1})); !room)
    return std::move(room).error();
  std::size_t tags = 0;
  record_put(write, 0, tags);
  apply(write);
  settle();
  report();
  return missing;
}

void memory_repository::apply(const manifest_write& write) {
  const auto& value = *write.value;
  const bool same = is_stored(value);
  auto& stored = manifests_[value.id()];
  if (stored.value && !same) // other bytes under the same digest: only if digests are trusted
    forget(stored);
  if (!same) {
    stored.value = write.value;
    add_references(stored);
    owed_ += prices::of(value);
    manifest_bytes_ += value.bytes().size();
    links_.name_all(value);
    add_referrer(value);
  }
  for (const auto& name : write.tags)
    point(name, stored);
}

/// The next sweep may remove links that are no longer named.
void memory_repository::forget(const stored_manifest& doomed) {
  const auto& value = *doomed.value;
  remove_references(doomed);
  remove_referrer(value);
  links_.unname_all(value);
  owed_ -= prices::of(value);
  manifest_bytes_ -= value.bytes().size();
}

void memory_repository::settle() {
  share_.settle({links_.linked_bytes() + manifest_bytes_, tags_.size()});
  if (claim_.bytes() > owed())
    claim_.shrink(claim_.bytes() - owed());
  else
    claim_.grow_anyway(owed() - claim_.bytes());
}

result<missing_references> memory_repository::check_conditions(const manifest_write& write) const {
  if (manifests_.contains(write.value->id()) && !is_stored(*write.value)) {
    if (auto free = check_not_needed(write.value->id()); !free)
      return std::move(free).error();
  }
  for (const auto& name : write.immutable_tags) {
    const auto found = tags_.find(name);
    if (found != tags_.end() && found->second->value->id() != write.value->id())
      return fail(errc::tag_immutable, name.to_string());
  }
  if (auto room = check_quota(write.max_repositories); !room)
    return std::move(room).error();
  const auto look = [this](auto wanted, auto found) GANTRY_REQUIRES(mutex_) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      found[i].is_manifest = manifests_.contains(wanted[i]);
      if (const auto linked = links_.find(wanted[i]))
        found[i].blob_size = linked->size();
    }
  };
  return check_references(write, look);
}

result<void> memory_repository::check_quota(std::size_t max_repositories) const {
  if (max_repositories == 0 || !manifests_.empty())
    return {};
  const auto catalog = catalog_.lock();
  if (catalog && catalog->listed_count() >= max_repositories)
    return fail(errc::quota_reached, "the limit is " + std::to_string(max_repositories));
  return {};
}

bool memory_repository::is_stored(const manifest& value) const {
  const auto found = manifests_.find(value.id());
  return found != manifests_.end() && found->second.value->bytes() == value.bytes() &&
         found->second.value->type().to_string() == value.type().to_string();
}

std::uint64_t memory_repository::added_bytes(const manifest_write& write) const {
  const auto& value = *write.value;
  auto sum = prices::history_entry * std::max<std::size_t>(write.tags.size(), 1);
  if (!is_stored(value)) {
    sum += prices::of(value);
    sum += prices::link * links_.count_new(value);
  }
  std::set<std::string_view> new_tags;
  for (const auto& name : write.tags) {
    if (!tags_.contains(name) && new_tags.insert(name.to_string()).second)
      sum += prices::of_tag(name.to_string());
  }
  return sum;
}

void memory_repository::point(const tag& name, stored_manifest& target) {
  const auto [position, added] = tags_.try_emplace(name, &target);
  const std::string_view key = position->first.to_string();
  if (added)
    owed_ += prices::of_tag(key);
  else
    position->second->tags.erase(key);
  position->second = &target;
  target.tags.insert(key);
}

result<void> memory_repository::check_not_needed(const digest& id) const {
  if (immutable_->empty())
    return {};
  std::vector<const stored_manifest*> needing;
  std::unordered_set<const stored_manifest*> seen;
  const auto add_those_of = [&](const digest& needed) GANTRY_REQUIRES(mutex_) {
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
  owed_ -= prices::of_tag(name);
  found->second->tags.erase(name);
  tags_.erase(found);
}

// Tells the catalog if the repository must appear in it or disappear from it; most writes change
// neither.
void memory_repository::report() {
  const bool manifests = !manifests_.empty();
  const bool anything = manifests || links_.linked() > 0 || !history_.is_empty();
  if (anything == reported_anything_ && manifests == reported_manifests_)
    return;
  reported_anything_ = anything;
  reported_manifests_ = manifests;
  if (const auto catalog = catalog_.lock())
    catalog->update(*this, reported_anything_, reported_manifests_);
}

} // namespace gantry::storage
