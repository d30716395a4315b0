// What happened to a repository in memory, and what takes it back.
#include "domain/references.hpp"
#include "domain/tag_changes.hpp"
#include "storage/memory/repository.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace gantry::storage {

void memory_repository::list_history(const history_query& query,
                                     completion<page<history_entry>> done) const {
  page<history_entry> listed;
  {
    const lock_guard lock{mutex_};
    listed = history_.list(query);
  }
  done(std::move(listed));
}

// Before it is applied.
std::uint64_t memory_repository::record_put(const manifest_write& write, std::uint64_t change,
                                            std::size_t& tags) {
  const auto& value = *write.value;
  const auto target_of = [&](const tag& name) GANTRY_REQUIRES(mutex_) {
    const auto found = tags_.find(name);
    return found == tags_.end() ? std::nullopt : std::optional{found->second->value->id()};
  };
  const auto record = [&](const std::optional<tag>& name, change_kind kind,
                          const std::optional<digest>& before) GANTRY_REQUIRES(mutex_) {
    tags += name ? 1 : 0;
    change = history_.add({.change = change,
                           .kind = kind,
                           .name = name,
                           .before = before,
                           .after = value.id(),
                           .size = value.bytes().size(),
                           .media_type = value.type().to_string(),
                           .by = write.by});
  };
  for_each_change(write, !manifests_.contains(value.id()), target_of, record);
  return change;
}

std::uint64_t memory_repository::record_removal(change_kind kind, const std::optional<tag>& name,
                                                const manifest& before, const changer_ptr& by,
                                                std::uint64_t change) {
  return history_.add({.change = change,
                       .kind = kind,
                       .name = name,
                       .before = before.id(),
                       .size = before.bytes().size(),
                       .media_type = before.type().to_string(),
                       .by = by});
}

void memory_repository::delete_tag(const tag& name, const changer_ptr& by, completion<void> done) {
  done(remove(name, by));
}

result<void> memory_repository::remove(const tag& name, const changer_ptr& by) {
  const lock_guard lock{mutex_};
  const auto found = tags_.find(name);
  if (found == tags_.end())
    return fail(errc::manifest_unknown, name.to_string());
  if (immutable_->match(name.to_string()))
    return fail(errc::tag_immutable, name.to_string());
  record_removal(change_kind::remove, name, *found->second->value, by, 0);
  remove_tag(name.to_string());
  settle();
  report();
  return {};
}

void memory_repository::delete_manifest(const digest& id, const removal& how,
                                        completion<void> done) {
  done(remove(id, how));
}

result<void> memory_repository::remove(const digest& id, const removal& how) {
  manifest_ptr released; // destroyed after the lock is released: it may be large
  std::vector<blob_link> unlinked;
  const lock_guard lock{mutex_};
  const auto found = manifests_.find(id);
  const bool is_kept = how.leaves == remains::purged && kept_.contains(id);
  if (found == manifests_.end() && !is_kept)
    return fail(errc::manifest_unknown, id.to_string());
  if (auto free = check_not_needed(id); !free)
    return free;
  released = found == manifests_.end() ? kept_.at(id).value : found->second.value;
  if (found != manifests_.end()) {
    std::uint64_t change = 0;
    for (const auto name : found->second.tags)
      change =
        record_removal(change_kind::remove, tags_.find(name)->first, *released, how.by, change);
    record_removal(change_kind::remove, std::nullopt, *released, how.by, change);
  }
  unlinked = drop_manifest(id, how.leaves);
  settle();
  report();
  return {};
}

std::vector<blob_link> memory_repository::drop_manifest(const digest& id, remains leaves) {
  manifest_ptr value;
  if (const auto found = manifests_.find(id); found != manifests_.end()) {
    auto& doomed = found->second;
    while (!doomed.tags.empty())
      remove_tag(*doomed.tags.begin());
    forget(doomed);
    value = std::move(doomed.value);
    manifests_.erase(found);
  }
  if (leaves == remains::kept) {
    if (value)
      keep(std::move(value));
    return {};
  }
  if (leaves != remains::purged)
    return {};
  if (const auto kept = kept_.find(id); kept != kept_.end()) {
    value = kept->second.value;
    forget_kept(id);
  }
  return value ? unlink_unneeded(*value) : std::vector<blob_link>{};
}

// Its blobs count as named, so no sweep takes their links.
void memory_repository::keep(manifest_ptr value) {
  forget_kept(value->id());
  links_.name_all(*value);
  owed_ += prices::of(*value);
  const auto id = value->id();
  kept_.emplace(id, kept_manifest{std::move(value), history_.now()});
}

void memory_repository::forget_kept(const digest& id) {
  const auto found = kept_.find(id);
  if (found == kept_.end())
    return;
  const auto& value = *found->second.value;
  links_.unname_all(value);
  owed_ -= prices::of(value);
  kept_.erase(found);
}

void memory_repository::forget_kept_needing(const digest& id) {
  std::vector<digest> needing;
  for (const auto& [kept, each] : kept_) {
    const auto needed = references_of(*each.value);
    if (std::ranges::find(needed, id) != needed.end())
      needing.push_back(kept);
  }
  for (const auto& each : needing)
    forget_kept(each);
}

std::vector<blob_link> memory_repository::unlink_unneeded(const manifest& value) {
  std::vector<blob_link> unlinked;
  for (const auto& id : references_of(value))
    if (links_.is_loose(id))
      unlinked.push_back(links_.unlink(id));
  return unlinked;
}

std::size_t memory_repository::prune_history(const history_rules& rules, time_point now) {
  const lock_guard lock{mutex_};
  const auto before = history_.size();
  history_.prune(rules, now);
  settle();
  report();
  return before - history_.size();
}

void memory_repository::shorten_history() {
  const lock_guard lock{mutex_};
  history_.drop_oldest((history_.size() + 1) / 2);
  while (!kept_.empty())
    forget_kept(digest{kept_.begin()->first});
  settle();
  report();
}

bool memory_repository::cut_off_history() {
  const lock_guard lock{mutex_};
  const bool had_some = history_.cut_off();
  settle();
  share_ = {};
  return had_some;
}

void memory_repository::list_removed(const page_request& request,
                                     completion<page<removed_manifest>> done) const {
  page<removed_manifest> listed;
  {
    const lock_guard lock{mutex_};
    const auto last = digest::parse(request.last);
    for (const auto& [id, each] : kept_)
      if (!last || *last < id)
        listed.items.push_back({id, std::string{each.value->type().to_string()},
                                each.value->bytes().size(), each.removed});
  }
  std::ranges::sort(listed.items, std::ranges::less{}, &removed_manifest::id);
  listed.more = listed.items.size() > request.limit;
  if (listed.more)
    listed.items.erase(listed.items.begin() + static_cast<std::ptrdiff_t>(request.limit),
                       listed.items.end());
  done(std::move(listed));
}

std::vector<held_manifest> memory_repository::held() const {
  std::vector<held_manifest> found;
  const lock_guard lock{mutex_};
  for (const auto& [id, each] : kept_)
    found.push_back({id, each.removed, each.value->bytes().size()});
  std::ranges::sort(found, std::ranges::greater{}, &held_manifest::removed);
  std::unordered_set<digest> counted;
  for (auto& each : found)
    for (const auto& named : references_of(*kept_.at(each.id).value))
      if (const auto linked = links_.find(named);
          linked && !needed_by_.contains(named) && counted.insert(named).second)
        each.bytes += linked->size();
  return found;
}

void memory_repository::forget_removed(const std::vector<digest>& ids) {
  const lock_guard lock{mutex_};
  for (const auto& id : ids)
    forget_kept(id);
  settle();
  report();
}

void memory_repository::undo(const undo_request& request,
                             completion<std::vector<history_entry>> done) {
  with_room(room_, std::move(done),
            [self = shared_from_this(), request] { return self->take_back(request); });
}

result<std::vector<history_entry>> memory_repository::take_back(const undo_request& request) {
  const lock_guard lock{mutex_};
  const auto entries = std::visit(
    [&](const auto& what) GANTRY_REQUIRES(mutex_) { //
      return entries_of(what);
    },
    request.what);
  if (!entries)
    return entries.error();
  const auto steps = plan_undo(*entries, view());
  if (!steps)
    return steps.error();
  if (steps->empty())
    return std::vector<history_entry>{};
  if (auto room = check_quota(request.max_repositories); !room)
    return std::move(room).error();
  if (auto allowed = check_steps(*steps); !allowed)
    return std::move(allowed).error();
  if (auto reserved = reserve(prices::history_entry * steps->size(), added_use(*steps)); !reserved)
    return std::move(reserved).error();
  std::uint64_t change = 0;
  for (const auto& step : *steps) {
    const auto& id = step.after ? *step.after : *step.before;
    const auto kept = kept_.find(id);
    const auto& value = kept == kept_.end() ? *manifests_.at(id).value : *kept->second.value;
    change = history_.add({.change = change,
                           .kind = step.kind,
                           .name = step.name,
                           .before = step.before,
                           .after = step.after,
                           .size = value.bytes().size(),
                           .media_type = value.type().to_string(),
                           .by = request.how.by});
    take(step, request.how.leaves);
  }
  settle();
  report();
  return history_.change_of(change);
}

result<std::vector<history_entry>> memory_repository::entries_of(const undo_change& what) const {
  auto found = history_.change_of(what.sequence);
  if (found.empty())
    return fail(errc::history_unknown, std::to_string(what.sequence));
  return found;
}

result<std::vector<history_entry>> memory_repository::entries_of(const undo_since& what) const {
  auto last = history_.list(
    {.name = what.name, .before = what.to + std::chrono::microseconds{1}, .limit = 1});
  auto entry = to_entry(
    what, last.items.empty() ? std::nullopt : std::optional{std::move(last.items.front())}, view());
  if (!entry)
    return std::move(entry).error();
  return std::vector{std::move(*entry)};
}

result<std::vector<history_entry>> memory_repository::entries_of(const undo_removal& what) const {
  return std::vector{to_entry(what)};
}

undo_view memory_repository::view() const {
  return {.target_of =
            [this](const tag& name) GANTRY_REQUIRES(mutex_) {
              const auto found = tags_.find(name);
              return found == tags_.end() ? std::nullopt
                                          : std::optional{found->second->value->id()};
            },
          .place_of =
            [this](const digest& id) GANTRY_REQUIRES(mutex_) {
              if (manifests_.contains(id))
                return manifest_place::here;
              return kept_.contains(id) ? manifest_place::kept : manifest_place::gone;
            },
          .children_of =
            [this](const digest& id) GANTRY_REQUIRES(mutex_) {
              std::vector<digest> children;
              for (const auto& child : kept_.at(id).value->children())
                children.push_back(child.target);
              return children;
            },
          .tags_of =
            [this](const digest& id) GANTRY_REQUIRES(mutex_) {
              std::vector<tag> tags;
              for (const auto name : manifests_.at(id).tags)
                tags.push_back(tags_.find(name)->first);
              return tags;
            }};
}

result<void> memory_repository::check_steps(const std::vector<undo_step>& steps) const {
  for (const auto& step : steps) {
    if (step.name && step.before && immutable_->match(step.name->to_string()))
      return fail(errc::tag_immutable, step.name->to_string());
    if (!step.name && step.before)
      if (auto free = check_not_needed(*step.before); !free)
        return free;
  }
  return {};
}

void memory_repository::take(const undo_step& step, remains leaves) {
  if (step.name && step.after)
    point(*step.name, manifests_.at(*step.after));
  else if (step.name)
    remove_tag(step.name->to_string());
  else if (step.before)
    std::ignore = drop_manifest(*step.before, leaves); // only a purge unlinks
  else
    bring_back(*step.after);
}

void memory_repository::bring_back(const digest& id) {
  const auto value = kept_.at(id).value;
  apply(manifest_write{.value = value});
  forget_kept(id);
}

} // namespace gantry::storage
