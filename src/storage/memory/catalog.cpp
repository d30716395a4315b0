#include "storage/memory/catalog.hpp"

#include "storage/memory/blob_index.hpp"
#include "storage/memory/history.hpp"
#include "storage/memory/prices.hpp"
#include "storage/memory/repository.hpp"
#include "storage/memory/saved_repository.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace gantry::storage {

// The destructor of a store locks the catalog and releases blobs. So no store is released under the
// lock.

memory_catalog::memory_catalog(std::shared_ptr<byte_budget> budget, std::weak_ptr<blob_index> index,
                               std::weak_ptr<room_maker> room, std::function<time_point()> now,
                               std::shared_ptr<quota_ledger> quotas)
  : budget_{std::move(budget)},
    index_{std::move(index)},
    room_{std::move(room)},
    quotas_{std::move(quotas)},
    counter_{std::make_shared<history_counter>()} {
  counter_->now = std::move(now);
}

std::shared_ptr<repository_store> memory_catalog::open(const repository_name& name) {
  std::shared_ptr<memory_repository> store;
  const lock_guard lock{mutex_};
  if (const auto found = entries_.find(name); found != entries_.end()) {
    store = found->second.open.lock();
    if (store)
      return store;
  }
  store = std::make_shared<memory_repository>(name, budget_, weak_from_this(), index_.lock(), room_,
                                              counter_, quota_share{quotas_, name});
  entries_.insert_or_assign(name, entry{store.get(), store, nullptr});
  return store;
}

bool memory_catalog::holds(const repository_name& name) const {
  const lock_guard lock{mutex_};
  const auto found = entries_.find(name);
  return found != entries_.end() && found->second.kept;
}

page<repository_name> memory_catalog::names_behind(const page_request& request) const {
  page<repository_name> listed;
  if (request.limit == 0)
    return listed;
  const lock_guard lock{mutex_};
  auto next = listed_.upper_bound(std::string_view{request.last});
  for (; next != listed_.end() && listed.items.size() < request.limit; ++next)
    listed.items.push_back(**next);
  listed.more = next != listed_.end();
  return listed;
}

void memory_catalog::list_linking(const digest& id, const page_request& request,
                                  completion<page<repository_name>> done) const {
  const auto index = index_.lock();
  const auto found = index ? index->find(id) : nullptr;
  done(found ? found->list_linking(request) : page<repository_name>{});
}

void memory_catalog::list_changes(const change_query& query, completion<change_page> done) const {
  done(counter_->log.list(query));
}

void memory_catalog::on_change(const void* listener, std::function<void()> told) {
  counter_->log.on_change(listener, std::move(told));
}

std::size_t memory_catalog::listed_count() const {
  const lock_guard lock{mutex_};
  return listed_.size();
}

void memory_catalog::update(const memory_repository& store, bool holds_anything,
                            bool has_manifests) {
  std::shared_ptr<memory_repository> released;
  const lock_guard lock{mutex_};
  const auto found = entries_.find(store.name());
  if (found == entries_.end() || found->second.identity != &store)
    return;
  released =
    std::exchange(found->second.kept, holds_anything ? found->second.open.lock() : nullptr);
  if (has_manifests)
    listed_.insert(&found->first);
  else
    listed_.erase(&found->first);
}

void memory_catalog::forget(const memory_repository& dying) {
  const lock_guard lock{mutex_};
  const auto found = entries_.find(dying.name());
  if (found == entries_.end() || found->second.identity != &dying)
    return;
  listed_.erase(&found->first);
  entries_.erase(found);
}

void memory_catalog::clear() {
  entry_map released;
  const auto index = index_.lock();
  {
    const lock_guard lock{mutex_};
    if (index)
      index->clear();
    released.swap(entries_);
    listed_.clear();
  }
  if (forget_histories(released))
    counter_->log.leave_gap();
}

void memory_catalog::clear_within(const repository_name& top) {
  entry_map released;
  {
    const lock_guard lock{mutex_};
    for (auto next = entries_.lower_bound(top); next != entries_.end();) {
      // Names such as `team-a` are between `team` and `team/app`.
      if (!next->first.to_string().starts_with(top.to_string()))
        break;
      const auto each = next++;
      if (!is_within(each->first, top))
        continue;
      listed_.erase(&each->first);
      released.insert(entries_.extract(each));
    }
  }
  if (forget_histories(released))
    counter_->log.leave_gap();
}

bool memory_catalog::forget_histories(const entry_map& released) {
  bool had_some = false;
  for (const auto& [name, each] : released)
    if (const auto store = each.open.lock())
      had_some = store->cut_off_history() || had_some;
  return had_some;
}

template <class Visit>
void memory_catalog::for_each_store(Visit visit) const {
  constexpr std::size_t batch = 256;
  std::string last;
  for (auto stores = stores_behind(last, batch); !stores.empty();
       stores = stores_behind(last, batch))
    for (const auto& store : stores) {
      last = store->name().to_string();
      visit(*store);
    }
}

std::vector<saved_repository> memory_catalog::save() const {
  std::vector<saved_repository> saved;
  for_each_store([&](const memory_repository& store) {
    auto each = store.save();
    if (!each.manifests.empty() || !each.blobs.empty() || !each.history.empty())
      saved.push_back(std::move(each));
  });
  return saved;
}

void memory_catalog::restore(const std::vector<saved_repository>& saved) {
  entry_map released;
  const auto index = index_.lock();
  if (!index)
    return; // the engine is going down
  // First, so that no quota counts what goes and what comes.
  if (quotas_)
    for_each_store([](memory_repository& store) { store.leave_quotas(); });
  {
    const lock_guard lock{mutex_};
    index->clear();
    released.swap(entries_);
    listed_.clear();
    for (const auto& each : saved)
      adopt(each, index, quota_share{quotas_, each.name});
  }
  forget_histories(released);
  counter_->log.leave_gap(); // readers know nothing of what came back
}

void memory_catalog::adopt(const saved_repository& saved, const std::shared_ptr<blob_index>& index,
                           quota_share share) {
  const auto store = std::make_shared<memory_repository>(saved, budget_, weak_from_this(), index,
                                                         room_, counter_, std::move(share));
  const auto added = entries_.emplace(saved.name, entry{store.get(), store, store}).first;
  if (!saved.manifests.empty())
    listed_.insert(&added->first);
}

std::shared_ptr<memory_repository> memory_catalog::find(const repository_name& name) const {
  const lock_guard lock{mutex_};
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : found->second.open.lock();
}

// No actor has either of them open.
result<void> memory_catalog::move(const repository_name& from, const repository_name& to,
                                  const tag_patterns& immutable) {
  const auto index = index_.lock();
  const auto store = find(from);
  const auto other = find(to);
  if (!index || !store || !store->has_any())
    return fail(errc::name_unknown, from.to_string());
  if (other && other->has_any())
    return fail(errc::name_taken, to.to_string());
  auto saved = store->save();
  for (const auto& each : saved.manifests)
    for (const auto& name : each.tags)
      if (immutable.match(name.to_string()))
        return fail(errc::tag_immutable, name.to_string());
  auto share = store->give_share(to);
  if (!share)
    return std::move(share).error();
  saved.name = to;
  entry_map released;
  {
    const lock_guard lock{mutex_};
    for (const auto& name : {from, to})
      if (const auto found = entries_.find(name); found != entries_.end()) {
        listed_.erase(&found->first);
        released.insert(entries_.extract(found));
      }
    adopt(saved, index, std::move(*share));
  }
  forget_histories(released);
  counter_->log.leave_gap();
  return {};
}

result<void> memory_catalog::find_room(const repository_name& name) const {
  {
    const lock_guard lock{mutex_};
    if (entries_.contains(name))
      return {};
  }
  byte_claim room{budget_};
  return take_room(room, prices::of(name));
}

std::vector<std::shared_ptr<memory_repository>>
memory_catalog::stores_behind(std::string_view last, std::size_t most) const {
  std::vector<std::shared_ptr<memory_repository>> stores;
  const lock_guard lock{mutex_};
  for (auto next = entries_.upper_bound(last); next != entries_.end() && stores.size() < most;
       ++next)
    if (auto store = next->second.open.lock())
      stores.push_back(std::move(store));
  return stores;
}

std::size_t memory_catalog::store_count() const {
  const lock_guard lock{mutex_};
  return entries_.size();
}

} // namespace gantry::storage
