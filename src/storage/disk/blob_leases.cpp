#include "storage/disk/blob_leases.hpp"

#include <algorithm>
#include <utility>

namespace gantry::storage {

bool blob_leases::lease(const digest& id, time_point until) {
  const lock_guard lock{mutex_};
  forget_expired();
  auto& known = entries_[id];
  if (known.current == work::sweeping)
    return false;
  known.lease_until = std::max(known.lease_until, until);
  return true;
}

bool blob_leases::is_leased(const digest& id) const {
  return leased_until(id) > now_();
}

time_point blob_leases::leased_until(const digest& id) const {
  const lock_guard lock{mutex_};
  const auto found = entries_.find(id);
  return found == entries_.end() ? time_point{} : found->second.lease_until;
}

bool blob_leases::begin_publish(const digest& id, std::function<void()> later) {
  const lock_guard lock{mutex_};
  auto& known = entries_[id];
  if (known.current != work::none) {
    known.waiting.push_back(std::move(later));
    return false;
  }
  known.current = work::publishing;
  return true;
}

void blob_leases::announce(const digest& id, blob_ptr published) {
  const lock_guard lock{mutex_};
  entries_[id].announced = std::move(published);
}

void blob_leases::end_publish(const digest& id) {
  free(id);
}

bool blob_leases::is_publishing(const digest& id) const {
  const lock_guard lock{mutex_};
  const auto found = entries_.find(id);
  return found != entries_.end() && found->second.current == work::publishing;
}

blob_ptr blob_leases::announced(const digest& id) const {
  const lock_guard lock{mutex_};
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : found->second.announced;
}

bool blob_leases::begin_sweep(const digest& id) {
  const auto now = now_();
  const lock_guard lock{mutex_};
  auto& known = entries_[id];
  if (known.current != work::none || known.lease_until > now)
    return false;
  known.current = work::sweeping;
  return true;
}

bool blob_leases::begin_quarantine(const digest& id) {
  const lock_guard lock{mutex_};
  auto& known = entries_[id];
  if (known.current != work::none)
    return false;
  known.current = work::sweeping;
  return true;
}

void blob_leases::end_sweep(const digest& id) {
  free(id);
}

std::size_t blob_leases::size() const {
  const lock_guard lock{mutex_};
  return entries_.size();
}

void blob_leases::free(const digest& id) {
  std::function<void()> next;
  blob_ptr released; // destroyed outside the lock: it may close a file
  {
    const lock_guard lock{mutex_};
    const auto found = entries_.find(id);
    auto& known = found->second;
    released = std::move(known.announced);
    known.announced = nullptr;
    known.current = work::none;
    if (!known.waiting.empty()) {
      next = std::move(known.waiting.front());
      known.waiting.erase(known.waiting.begin());
      known.current = work::publishing;
    } else if (known.lease_until == time_point{}) {
      entries_.erase(found);
    }
  }
  if (next)
    next();
}

void blob_leases::forget_expired() {
  if (entries_.size() < forget_above_)
    return;
  const auto forgotten = now_() - remembered_;
  std::erase_if(entries_, [forgotten](const auto& each) {
    return each.second.current == work::none && each.second.lease_until <= forgotten;
  });
  forget_above_ = std::max<std::size_t>(1024, 2 * entries_.size());
}

} // namespace gantry::storage
