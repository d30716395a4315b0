#include "journal/journal.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace gantry::journal {

void journal::record(entry& seen) {
  assert(is_on());
  const lock_guard held{lock_};
  seen.sequence = ++last_;
  const auto place = static_cast<std::size_t>((last_ - cleared_ - 1) % capacity_);
  if (place == ring_.size())
    ring_.emplace_back();
  std::swap(ring_[place], seen);
  if (!waiting_.empty())
    notify(ring_[place]);
}

page journal::read(const filter& which, std::size_t most) const {
  const lock_guard held{lock_};
  page found;
  found.has_gap = which.since + 1 < oldest() || which.since > last_;
  found.next = last_;
  for (auto next = std::max(oldest(), which.since + 1); next <= last_; ++next) {
    if (!which.matches(at(next)))
      continue;
    if (found.entries.size() == most) {
      found.next = most == 0 ? which.since : found.entries.back().sequence;
      break;
    }
    found.entries.push_back(at(next));
  }
  return found;
}

std::uint64_t journal::last() const {
  const lock_guard held{lock_};
  return last_;
}

void journal::clear() {
  const lock_guard held{lock_};
  ring_.clear();
  cleared_ = last_;
  for (auto& each : waiting_)
    each.missing = each.count;
}

journal::ticket journal::wait(filter which, std::size_t count, std::function<void()> reached) {
  assert(count > 0);
  const lock_guard held{lock_};
  const auto id = ++last_ticket_;
  auto missing = count;
  for (auto next = std::max(oldest(), which.since + 1); next <= last_ && missing > 0; ++next)
    missing -= which.matches(at(next)) ? 1 : 0;
  if (missing == 0)
    reached();
  else
    waiting_.push_back({id, std::move(which), missing, count, std::move(reached)});
  return id;
}

void journal::leave(ticket which) {
  const lock_guard held{lock_};
  std::erase_if(waiting_, [which](const waiting& each) { return each.id == which; });
}

std::uint64_t journal::oldest() const {
  return last_ - ring_.size() + 1;
}

const entry& journal::at(std::uint64_t sequence) const {
  return ring_[static_cast<std::size_t>((sequence - cleared_ - 1) % capacity_)];
}

void journal::notify(const entry& seen) {
  std::erase_if(waiting_, [&seen](waiting& each) {
    if (!each.which.matches(seen) || --each.missing > 0)
      return false;
    each.reached();
    return true;
  });
}

} // namespace gantry::journal
