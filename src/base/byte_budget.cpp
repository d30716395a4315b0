#include "base/byte_budget.hpp"

#include <cassert>

namespace gantry {

bool byte_budget::try_take(std::uint64_t bytes) noexcept {
  return waiting() == 0 && take_if_it_fits(bytes);
}

bool byte_budget::take_if_it_fits(std::uint64_t bytes) noexcept {
  auto used = used_.load();
  do {
    if (used > limit_ || bytes > limit_ - used)
      return false;
  } while (!used_.compare_exchange_weak(used, used + bytes));
  return true;
}

void byte_budget::give_back(std::uint64_t bytes) noexcept {
  used_.fetch_sub(bytes);
  if (waiting() > 0)
    serve_queue();
}

byte_budget::place byte_budget::wait_for(std::uint64_t bytes, std::function<void()> granted) {
  assert(bytes <= limit_);
  place mine = 0;
  {
    const lock_guard lock{mutex_};
    mine = next_++;
    queue_.emplace(mine, waiter{bytes, std::move(granted)});
    ++waiting_;
  }
  serve_queue(); // bytes may have been returned just before
  return mine;
}

bool byte_budget::leave(place mine) {
  {
    const lock_guard lock{mutex_};
    if (queue_.erase(mine) == 0)
      return false;
    --waiting_;
  }
  serve_queue(); // the next waiter may want fewer bytes
  return true;
}

void byte_budget::serve_queue() {
  std::vector<std::function<void()>> granted;
  {
    const lock_guard lock{mutex_};
    while (!queue_.empty() && take_if_it_fits(queue_.begin()->second.bytes)) {
      granted.push_back(std::move(queue_.begin()->second.granted));
      queue_.erase(queue_.begin());
      --waiting_;
    }
  }
  for (const auto& call : granted)
    call();
}

bool byte_claim::try_grow(std::uint64_t bytes) noexcept {
  const auto taken = budget_->try_take(bytes);
  if (taken)
    bytes_ += bytes;
  return taken;
}

void byte_claim::grow_anyway(std::uint64_t bytes) noexcept {
  budget_->take_anyway(bytes);
  bytes_ += bytes;
}

void byte_claim::shrink(std::uint64_t bytes) noexcept {
  if (bytes == 0)
    return;
  assert(bytes <= bytes_);
  bytes_ -= bytes;
  budget_->give_back(bytes);
}

} // namespace gantry
