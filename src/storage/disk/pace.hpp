// A rate limit in bytes per second.
#pragma once

#include <chrono>
#include <cstdint>

namespace gantry::storage {

/// Says when to continue so that the average rate stays at the limit. Idle time earns no credit.
class pace {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Precondition: at least 1.
  explicit pace(std::uint64_t bytes_per_second) : rate_{bytes_per_second} {}

  /// Records that `bytes` passed at `now`; returns when the next bytes may pass.
  time_point after(std::uint64_t bytes, time_point now) {
    const std::chrono::duration<double> takes{static_cast<double>(bytes) /
                                              static_cast<double>(rate_)};
    due_ = (due_ < now ? now : due_) +
           std::chrono::duration_cast<std::chrono::steady_clock::duration>(takes);
    return due_;
  }

private:
  std::uint64_t rate_;
  time_point due_{};
};

} // namespace gantry::storage
