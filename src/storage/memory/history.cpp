#include "storage/memory/history.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace gantry::storage {

memory_history::~memory_history() {
  drop_oldest(entries_.size());
}

std::uint64_t memory_history::add(history_entry entry) {
  if (is_cut_off_)
    return entry.change;
  entry.at = std::chrono::floor<std::chrono::microseconds>(counter_->now());
  if (entry.name) {
    const auto found = by_tag_.find(entry.name->to_string());
    if (found != by_tag_.end())
      entry.at = std::max(entry.at, found->second.rbegin()->first + std::chrono::microseconds{1});
  }
  auto change = entry.change;
  counter_->log.add(owner_, [&](std::uint64_t number) -> const history_entry& {
    change = change == 0 ? number : change;
    entry.sequence = number;
    entry.change = change;
    return insert(std::move(entry));
  });
  if (counter_->entries > history_counter::max_entries && entries_.size() > 1)
    drop(entries_.begin());
  return change;
}

std::vector<history_entry> memory_history::change_of(std::uint64_t sequence) const {
  std::vector<history_entry> found;
  const auto wanted = entries_.find(sequence);
  if (wanted == entries_.end())
    return found;
  const auto change = wanted->second.change;
  for (auto each = entries_.lower_bound(change); each != entries_.end(); ++each)
    if (each->second.change == change)
      found.push_back(each->second);
  std::ranges::reverse(found);
  return found;
}

const history_entry& memory_history::insert(history_entry entry) {
  const auto number = entry.sequence;
  if (entry.name)
    by_tag_[entry.name->to_string()].emplace(entry.at, number);
  ++counter_->entries;
  return entries_.emplace_hint(entries_.end(), number, std::move(entry))->second;
}

void memory_history::drop(entry_map::iterator doomed) {
  const auto& entry = doomed->second;
  counter_->log.forget(entry.sequence);
  if (entry.name) {
    const auto times = by_tag_.find(entry.name->to_string());
    times->second.erase(entry.at);
    if (times->second.empty())
      by_tag_.erase(times);
  }
  entries_.erase(doomed);
  --counter_->entries;
}

namespace {

bool fits(const history_entry& entry, const history_query& query) {
  return !(query.since && entry.at <= *query.since) &&
         !(query.before && entry.at >= *query.before) &&
         !(query.below && entry.sequence >= *query.below) &&
         !(query.target && entry.target() != *query.target);
}

/// Returns whether there is room for more.
bool add_to(page<history_entry>& listed, const history_entry& entry, std::size_t limit) {
  listed.more = listed.items.size() == limit;
  if (!listed.more)
    listed.items.push_back(entry);
  return !listed.more;
}

} // namespace

page<history_entry> memory_history::list_all(const history_query& query) const {
  page<history_entry> listed;
  if (query.limit == 0)
    return listed;
  const auto end = query.below ? entries_.lower_bound(*query.below) : entries_.end();
  for (auto next = std::make_reverse_iterator(end); next != entries_.rend(); ++next)
    if (fits(next->second, query) && !add_to(listed, next->second, query.limit))
      break;
  return listed;
}

page<history_entry> memory_history::list(const history_query& query) const {
  if (!query.name)
    return list_all(query);
  page<history_entry> listed;
  const auto times = by_tag_.find(query.name->to_string());
  if (query.limit == 0 || times == by_tag_.end())
    return listed;
  const auto& of_tag = times->second;
  const auto end = query.before ? of_tag.lower_bound(*query.before) : of_tag.end();
  for (auto next = std::make_reverse_iterator(end); next != of_tag.rend(); ++next) {
    if (query.since && next->first <= *query.since)
      break; // so are all older ones
    const auto& entry = entries_.at(next->second);
    if (fits(entry, query) && !add_to(listed, entry, query.limit))
      break;
  }
  return listed;
}

std::vector<history_entry> memory_history::all() const {
  std::vector<history_entry> copied;
  copied.reserve(entries_.size());
  for (const auto& [number, entry] : entries_)
    copied.push_back(entry);
  return copied;
}

void memory_history::restore(const std::vector<history_entry>& saved) {
  for (const auto& entry : saved)
    insert(entry);
}

bool memory_history::is_kept(const history_entry& each, const history_rules& rules,
                             time_point now) const {
  if (each.at + rules.keep > now)
    return true;
  if (!each.name)
    return false;
  const auto& times = by_tag_.find(each.name->to_string())->second;
  auto later = times.upper_bound(each.at);
  std::size_t count = 0;
  while (later != times.end() && count < rules.per_tag) {
    ++later;
    ++count;
  }
  return count < rules.per_tag;
}

void memory_history::prune(const history_rules& rules, time_point now) {
  for (auto next = entries_.begin(); next != entries_.end();) {
    const auto each = next++;
    if (!is_kept(each->second, rules, now))
      drop(each);
  }
}

void memory_history::drop_oldest(std::size_t count) {
  for (; count > 0 && !entries_.empty(); --count)
    drop(entries_.begin());
}

bool memory_history::cut_off() {
  const bool had_some = !entries_.empty();
  drop_oldest(entries_.size());
  is_cut_off_ = true;
  return had_some;
}

} // namespace gantry::storage
