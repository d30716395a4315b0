// A few threads for blocking work, such as syncing files.
#pragma once

#include "base/mutex.hpp"
#include "base/stepper.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

namespace gantry {

/// Any thread may submit. Threads start with the first task; the destructor waits for all tasks.
/// Without threads, `submit` runs the task.
/// With a stepper there are no threads: each task is a step, and its owner waits for its tasks
/// before it destroys the pool.
class worker_pool {
public:
  explicit worker_pool(std::size_t threads, stepper* steps = nullptr)
    : limit_{threads}, steps_{steps} {}
  ~worker_pool();
  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;

  void submit(std::function<void()> work);

private:
  void run();

  const std::size_t limit_;
  stepper* const steps_;
  mutex mutex_;
  condition_variable wake_;
  std::deque<std::function<void()>> queue_ GANTRY_GUARDED_BY(mutex_);
  std::size_t idle_ GANTRY_GUARDED_BY(mutex_) = 0;
  bool stopping_ GANTRY_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

} // namespace gantry
