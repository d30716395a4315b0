#include "base/mutex.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <thread>

using namespace gantry;

namespace {

/// Counts from several threads, in turn or all at once.
class shared_counter {
public:
  void add(int times) {
    for (int i = 0; i < times; ++i) {
      const lock_guard lock{mutex_};
      const int before = value_;
      std::this_thread::sleep_for(std::chrono::microseconds{1});
      value_ = before + 1;
    }
  }

  /// Increments when the value is even, or odd; waits for the others in between.
  void take_turns(int parity, int turns) {
    unique_lock lock{mutex_};
    for (int i = 0; i < turns; ++i) {
      while (value_ % 2 != parity)
        changed_.wait(lock);
      ++value_;
      changed_.notify_all();
    }
  }

  int value() const {
    const lock_guard lock{mutex_};
    return value_;
  }

private:
  mutable mutex mutex_;
  condition_variable changed_;
  int value_ GANTRY_GUARDED_BY(mutex_) = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(mutex)

BOOST_AUTO_TEST_CASE(a_guard_keeps_other_threads_out) {
  shared_counter counter;
  std::thread other{[&] { counter.add(500); }};
  counter.add(500);
  other.join();
  BOOST_TEST(counter.value() == 1000);
}

BOOST_AUTO_TEST_CASE(a_wait_releases_the_mutex_and_ends_holding_it) {
  shared_counter counter;
  std::thread other{[&] { counter.take_turns(1, 500); }};
  counter.take_turns(0, 500);
  other.join();
  BOOST_TEST(counter.value() == 1000);
}

BOOST_AUTO_TEST_CASE(a_lock_can_be_released_and_taken_again) {
  gantry::mutex shared;
  int seen = 0;
  unique_lock lock{shared};
  lock.unlock();
  std::thread{[&] {
    const lock_guard other{shared};
    ++seen;
  }}.join();
  lock.lock();
  BOOST_TEST(seen == 1);
}

BOOST_AUTO_TEST_CASE(readers_share_the_mutex_and_writers_do_not) {
  gantry::shared_mutex shared;
  int seen = 0;
  {
    const shared_lock first{shared};
    std::thread{[&] {
      const shared_lock second{shared};
      ++seen;
    }}.join();
  }
  const lock_guard writer{shared};
  BOOST_TEST(seen == 1);
}

BOOST_AUTO_TEST_SUITE_END()
