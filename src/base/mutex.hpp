// Mutexes and guards that clang's -Wthread-safety understands.
//
// libstdc++'s mutexes are not annotated, so the compiler cannot check members that they guard. With
// these, clang rejects access to a guarded member without its mutex; g++ ignores the annotations.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#ifdef __clang__
#define GANTRY_THREAD_SAFETY(...) __attribute__((__VA_ARGS__))
#else
#define GANTRY_THREAD_SAFETY(...)
#endif

/// A member that requires the mutex; reading it requires only a shared lock.
#define GANTRY_GUARDED_BY(...) GANTRY_THREAD_SAFETY(guarded_by(__VA_ARGS__))
/// A function that requires the caller to hold the mutex.
#define GANTRY_REQUIRES(...) GANTRY_THREAD_SAFETY(requires_capability(__VA_ARGS__))
#define GANTRY_REQUIRES_SHARED(...) GANTRY_THREAD_SAFETY(requires_shared_capability(__VA_ARGS__))
/// A function that locks the mutex itself, so the caller must not hold it.
#define GANTRY_EXCLUDES(...) GANTRY_THREAD_SAFETY(locks_excluded(__VA_ARGS__))
/// A function whose locking the analysis cannot follow. A comment must explain why it is correct.
#define GANTRY_UNCHECKED_LOCKS GANTRY_THREAD_SAFETY(no_thread_safety_analysis)

namespace gantry {

class GANTRY_THREAD_SAFETY(capability("mutex")) mutex {
public:
  void lock() GANTRY_THREAD_SAFETY(acquire_capability()) { native_.lock(); }
  void unlock() GANTRY_THREAD_SAFETY(release_capability()) { native_.unlock(); }

private:
  friend class condition_variable;
  std::mutex native_;
};

/// Held by one writer or any number of readers.
class GANTRY_THREAD_SAFETY(capability("mutex")) shared_mutex {
public:
  void lock() GANTRY_THREAD_SAFETY(acquire_capability()) { native_.lock(); }
  void unlock() GANTRY_THREAD_SAFETY(release_capability()) { native_.unlock(); }
  void lock_shared() GANTRY_THREAD_SAFETY(acquire_shared_capability()) { native_.lock_shared(); }
  void unlock_shared() GANTRY_THREAD_SAFETY(release_shared_capability()) {
    native_.unlock_shared();
  }

private:
  std::shared_mutex native_;
};

/// Holds a mutex, or a shared mutex as a writer, for its lifetime.
template <class Mutex>
class GANTRY_THREAD_SAFETY(scoped_lockable) lock_guard {
public:
  explicit lock_guard(Mutex& held) GANTRY_THREAD_SAFETY(acquire_capability(held)) : held_{held} {
    held_.lock();
  }
  ~lock_guard() GANTRY_THREAD_SAFETY(release_capability()) { held_.unlock(); }
  lock_guard(const lock_guard&) = delete;
  lock_guard& operator=(const lock_guard&) = delete;

private:
  Mutex& held_;
};

/// Holds a shared mutex as a reader for its lifetime.
class GANTRY_THREAD_SAFETY(scoped_lockable) shared_lock {
public:
  explicit shared_lock(shared_mutex& held) GANTRY_THREAD_SAFETY(acquire_shared_capability(held))
    : held_{held} {
    held_.lock_shared();
  }
  ~shared_lock() GANTRY_THREAD_SAFETY(release_capability()) { held_.unlock_shared(); }
  shared_lock(const shared_lock&) = delete;
  shared_lock& operator=(const shared_lock&) = delete;

private:
  shared_mutex& held_;
};

/// A guard that can release its mutex and lock it again.
class GANTRY_THREAD_SAFETY(scoped_lockable) unique_lock {
public:
  explicit unique_lock(mutex& held) GANTRY_THREAD_SAFETY(acquire_capability(held)) : held_{held} {
    held_.lock();
  }
  ~unique_lock() GANTRY_THREAD_SAFETY(release_capability()) {
    if (owns_)
      held_.unlock();
  }
  unique_lock(const unique_lock&) = delete;
  unique_lock& operator=(const unique_lock&) = delete;

  void lock() GANTRY_THREAD_SAFETY(acquire_capability()) {
    held_.lock();
    owns_ = true;
  }
  void unlock() GANTRY_THREAD_SAFETY(release_capability()) {
    owns_ = false;
    held_.unlock();
  }

private:
  friend class condition_variable;
  mutex& held_;
  bool owns_ = true;
};

/// The analysis does not see into lambdas, so `wait` takes no predicate: call it in a loop.
class condition_variable {
public:
  /// Releases the mutex while it waits and holds it again afterwards.
  void wait(unique_lock& lock) {
    std::unique_lock native{lock.held_.native_, std::adopt_lock};
    native_.wait(native);
    native.release();
  }
  /// Likewise, at the latest until then.
  void wait_until(unique_lock& lock, std::chrono::steady_clock::time_point end) {
    std::unique_lock native{lock.held_.native_, std::adopt_lock};
    native_.wait_until(native, end);
    native.release();
  }
  void notify_one() noexcept { native_.notify_one(); }
  void notify_all() noexcept { native_.notify_all(); }

private:
  std::condition_variable native_;
};

} // namespace gantry
