// How fast something may go.
#pragma once

#include <chrono>
#include <cstdint>

namespace gantry::storage {

/// Says when to go on, so that on average no more than so many bytes a second pass. Time in which
/// nothing was asked for is not made up for.
class pace {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// At least one.
  explicit pace(std::uint64_t bytes_per_second) : rate_{bytes_per_second} {}

  /// `bytes` have passed at `now`: when the next may.
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
