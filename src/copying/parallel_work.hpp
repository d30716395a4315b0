// A list of tasks that some threads work off.
#pragma once

#include "base/mutex.hpp"

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace gantry::copying {

/// Each task may add others. `Task` is a value.
template <class Task>
class parallel_work {
public:
  /// Any thread.
  void add(Task task) {
    const lock_guard lock{mutex_};
    waiting_.push_back(std::move(task));
    changed_.notify_one();
  }

  /// Runs `work(thread, task)` on `threads` threads until no task is left. After an exception no
  /// further task begins; the first one is thrown again.
  void run(std::size_t threads, const std::function<void(std::size_t, Task&)>& work) {
    std::vector<std::thread> running;
    for (std::size_t i = 0; i < threads; ++i)
      running.emplace_back([this, i, &work] { serve(i, work); });
    for (auto& each : running)
      each.join();
    const lock_guard lock{mutex_};
    if (failure_)
      std::rethrow_exception(failure_);
  }

private:
  void serve(std::size_t number, const std::function<void(std::size_t, Task&)>& work) {
    unique_lock lock{mutex_};
    for (;;) {
      while (waiting_.empty() && busy_ > 0 && !failure_)
        changed_.wait(lock);
      if (waiting_.empty() || failure_)
        break;
      auto task = std::move(waiting_.front());
      waiting_.pop_front();
      ++busy_;
      lock.unlock();
      std::exception_ptr failed;
      try {
        work(number, task);
      } catch (...) {
        failed = std::current_exception();
      }
      lock.lock();
      --busy_;
      if (failed && !failure_)
        failure_ = failed;
      changed_.notify_all();
    }
    changed_.notify_all();
  }

  mutex mutex_;
  condition_variable changed_;
  std::deque<Task> waiting_ GANTRY_GUARDED_BY(mutex_);
  std::size_t busy_ GANTRY_GUARDED_BY(mutex_) = 0;
  std::exception_ptr failure_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::copying
