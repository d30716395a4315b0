// Tells a call that is on this thread's stack from one that has returned.
#pragma once

#include <cstdint>
#include <thread>
#include <utility>

namespace gantry {

/// In progress as long as it lives. Calls of a thread may be nested.
class call_in_progress {
public:
  /// Names a call; may outlive it, and be copied to other threads.
  class ticket {
  public:
    /// Whether this is the thread of the call, and the innermost call of it: what runs now was
    /// called by it.
    bool is_here() const noexcept {
      return innermost == number_ && std::this_thread::get_id() == thread_;
    }

  private:
    friend call_in_progress;
    explicit ticket(std::uint64_t number) noexcept : number_{number} {}

    std::thread::id thread_ = std::this_thread::get_id();
    std::uint64_t number_;
  };

  call_in_progress() noexcept : number_{++last}, outer_{std::exchange(innermost, number_)} {}
  call_in_progress(const call_in_progress&) = delete;
  call_in_progress& operator=(const call_in_progress&) = delete;
  ~call_in_progress() { innermost = outer_; }

  ticket make_ticket() const noexcept { return ticket{number_}; }

private:
  /// Unique in the thread; 0 is no call.
  static thread_local inline std::uint64_t last = 0;
  static thread_local inline std::uint64_t innermost = 0;

  std::uint64_t number_;
  std::uint64_t outer_;
};

} // namespace gantry
