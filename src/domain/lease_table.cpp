#include "domain/lease_table.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace gantry {

void lease_table::lease(const digest& id, time_point until) {
  auto& [key, known] = find_or_add(id);
  assert(known.current != work::sweeping);
  if (known.lease == ends_.end()) {
    known.lease = ends_.emplace(until, &key);
  } else if (known.lease->first < until) {
    auto node = ends_.extract(known.lease);
    node.key() = until;
    known.lease = ends_.insert(std::move(node));
  }
}

time_point lease_table::leased_until(const digest& id) const {
  const auto found = entries_.find(id);
  const bool leased = found != entries_.end() && found->second.lease != ends_.end();
  return leased ? std::max(found->second.lease->first, all_until_) : all_until_;
}

bool lease_table::begin_publish(const digest& id) {
  auto& known = find_or_add(id).second;
  if (known.current != work::none)
    return false;
  known.current = work::publishing;
  return true;
}

void lease_table::end_publish(const digest& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.current != work::publishing)
    return; // it was abandoned
  found->second.current = work::none;
  tidy(found);
}

bool lease_table::begin_search(const digest& id) {
  auto& known = find_or_add(id).second;
  if (known.current == work::sweeping)
    return false;
  ++known.searches;
  return true;
}

void lease_table::end_search(const digest& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.searches == 0)
    return; // it was abandoned
  --found->second.searches;
  tidy(found);
}

bool lease_table::begin_sweep(const digest& id, time_point now) {
  return leased_until(id) <= now && begin_removal(id);
}

bool lease_table::begin_removal(const digest& id) {
  auto& known = find_or_add(id).second;
  if (known.current != work::none || known.searches > 0)
    return false;
  known.current = work::sweeping;
  return true;
}

void lease_table::end_sweep(const digest& id, bool is_gone) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.current != work::sweeping)
    return; // it was reserved elsewhere
  found->second.current = work::none;
  if (is_gone)
    end_lease(found->second);
  tidy(found);
}

void lease_table::clear(time_point until) {
  all_until_ = until;
  for (auto next = entries_.begin(); next != entries_.end();) {
    const auto each = next++;
    end_lease(each->second);
    tidy(each);
  }
}

void lease_table::abandon() {
  for (auto next = entries_.begin(); next != entries_.end();) {
    const auto each = next++;
    each->second.searches = 0;
    if (each->second.current == work::publishing)
      each->second.current = work::none;
    tidy(each);
  }
}

void lease_table::forget_ended(time_point now, std::size_t most) {
  for (; most > 0 && !ends_.empty() && ends_.begin()->first + remembered_ <= now; --most) {
    const auto found = entries_.find(*ends_.begin()->second);
    end_lease(found->second);
    tidy(found);
  }
}

lease_table::work lease_table::work_on(const digest& id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? work::none : found->second.current;
}

void lease_table::end_lease(entry& of) {
  if (of.lease != ends_.end())
    ends_.erase(std::exchange(of.lease, ends_.end()));
}

void lease_table::tidy(entry_map::iterator changed) {
  const auto& known = changed->second;
  if (known.current == work::none && known.searches == 0 && known.lease == ends_.end())
    entries_.erase(changed);
}

} // namespace gantry
