#include "watch/ring.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace gantry::watch {

void ring::start(std::uint64_t position) {
  stop();
  is_started_ = true;
  last_ = position;
}

void ring::stop() {
  is_started_ = false;
  batches_.clear();
  events_ = 0;
  bytes_ = 0;
}

void ring::add(batch_ptr next) {
  assert(is_started_ && next->after() == last_);
  last_ = next->last();
  events_ += next->events();
  bytes_ += next->bytes();
  batches_.push_back(std::move(next));
  while (batches_.size() > 1 && (events_ > limits_.events || bytes_ > limits_.bytes)) {
    events_ -= batches_.front()->events();
    bytes_ -= batches_.front()->bytes();
    batches_.pop_front();
  }
}

batch_ptr ring::find(std::uint64_t position) const {
  if (position < begin() || position >= last_)
    return nullptr;
  const auto behind = std::ranges::upper_bound(batches_, position, {}, &batch::after);
  return *std::prev(behind);
}

} // namespace gantry::watch
