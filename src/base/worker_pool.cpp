#include "base/worker_pool.hpp"

#include <utility>

namespace gantry {

worker_pool::~worker_pool() {
  {
    const lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_)
    thread.join();
}

void worker_pool::submit(std::function<void()> work) {
  if (steps_)
    return steps_->post(std::move(work));
  if (limit_ == 0)
    return work();
  const lock_guard lock{mutex_};
  queue_.push_back(std::move(work));
  if (queue_.size() > idle_ && threads_.size() < limit_)
    threads_.emplace_back([this] { run(); });
  wake_.notify_one();
}

void worker_pool::run() {
  unique_lock lock{mutex_};
  for (;;) {
    ++idle_;
    while (!stopping_ && queue_.empty())
      wake_.wait(lock);
    --idle_;
    if (queue_.empty())
      return;
    auto work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
}

} // namespace gantry
