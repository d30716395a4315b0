#include "runtime/threads.hpp"

#include "runtime/actor_scheduler.hpp"

#include <caf/atom.hpp>
#include <caf/logger.hpp>

namespace gantry::runtime {

threads::threads(std::size_t count, bool separate_scheduler, waiting how) {
  config_.set("scheduler.max-threads", count);
  config_.set("scheduler.policy", caf::atom("sharing"));
  if (!separate_scheduler)
    config_.module_factories.push_back(how == waiting::polling
                                         ? &actor_scheduler::make<waiting::polling>
                                         : &actor_scheduler::make<waiting::asleep>);
  system_.emplace(config_);
  // The constructor ties this thread to the system, and the destructor waits until no thread is
  // tied to it. If another thread destroyed the system, it would wait forever.
  caf::logger::set_current_actor_system(nullptr);
  if (!separate_scheduler) {
    auto& scheduler = static_cast<actor_scheduler&>(system_->scheduler());
    scheduler_ = &scheduler;
    for (std::size_t i = 0; i < scheduler.size(); ++i)
      contexts_.push_back(&scheduler.context(i));
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    auto& own = *own_.emplace_back(std::make_unique<own_thread>());
    own.thread = std::thread{[&own, how] { run_io_thread(own.context, how); }};
    contexts_.push_back(&own.context);
  }
}

std::size_t threads::queued_actors(std::size_t index) const noexcept {
  return scheduler_ ? scheduler_->queued(index) : 0;
}

threads::~threads() {
  for (auto& own : own_) {
    own->guard.reset();
    own->context.stop();
    own->thread.join();
  }
}

} // namespace gantry::runtime
