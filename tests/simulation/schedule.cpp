#include "simulation/schedule.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace gantry::simulation {

schedule::~schedule() {
  assert(!beside_);
}

void schedule::post(std::function<void()> step) {
  posted_.push_back(std::move(step));
}

void schedule::run_until(const std::function<bool()>& is_done) {
  if (is_here()) {
    beside_->waits_for = &is_done;
    while (!is_done())
      leave_beside();
    beside_->waits_for = nullptr;
    return;
  }
  while (!is_done())
    if (!take_step())
      throw stuck{};
}

void schedule::run_all() {
  while (take_step()) {
  }
}

bool schedule::take_step() {
  assert(!is_here());
  const auto messages = actors_ ? actors_->jobs.size() : 0;
  const bool beside = may_go_on_beside();
  if (messages == 0 && posted_.empty() && !beside)
    return false;
  ++steps_taken_;
  if (beside && ((messages == 0 && posted_.empty()) || choices_.chance(20)))
    go_on_beside();
  else if (messages == 0 || (!posted_.empty() && choices_.chance(engine_share_)))
    take_posted(choices_.below(posted_.size()));
  else
    take_message(choices_.below(messages));
  return true;
}

void schedule::take_posted(std::size_t number) {
  trace_.add(number);
  const auto chosen = posted_.begin() + static_cast<std::ptrdiff_t>(number);
  const auto step = std::move(*chosen);
  posted_.erase(chosen);
  step();
}

void schedule::take_message(std::size_t number) {
  trace_.add(1000 + number);
  const auto chosen = actors_->jobs.begin() + static_cast<std::ptrdiff_t>(number);
  std::rotate(actors_->jobs.begin(), chosen, chosen + 1);
  actors_->run_once();
}

void schedule::run_beside(std::function<void()> work) {
  assert(!beside_);
  beside_ = std::make_unique<side>();
  beside_->thread = std::thread{[here = beside_.get(), work = std::move(work)] {
    here->go.take();
    work();
    here->is_over = true;
    here->back.pass();
  }};
}

bool schedule::may_go_on_beside() const {
  return beside_ && (!beside_->waits_for || (*beside_->waits_for)());
}

void schedule::go_on_beside() {
  trace_.add(2000);
  running_beside_ = true;
  beside_->go.pass();
  beside_->back.take();
  running_beside_ = false;
  if (!beside_->is_over)
    return;
  beside_->thread.join();
  beside_.reset();
}

void schedule::leave_beside() {
  beside_->back.pass();
  beside_->go.take();
}

void schedule::give_way() {
  if (is_here())
    leave_beside();
  else if (may_go_on_beside())
    go_on_beside();
}

} // namespace gantry::simulation
