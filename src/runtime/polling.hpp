// Whether a thread looks again for a moment before it sleeps.
#pragma once

#include <algorithm>
#include <chrono>

namespace gantry::runtime {

/// Waking a halted core costs tens of microseconds, more than most requests. A thread that looks
/// again for as long as that finds the next request awake, if the requests come that close. If they
/// do not, looking is a waste: so it is done only while it pays. One thread.
class polling {
public:
  /// For how long a thread looks before it sleeps.
  static constexpr std::chrono::microseconds span{50};
  /// Without success, one wait of so many is a try.
  static constexpr unsigned tries_every = 32;

  /// Whether to look before this wait.
  bool is_worth_it() noexcept {
    if (score_ > 0)
      return true;
    waits_ = (waits_ + 1) % tries_every;
    return waits_ == 0;
  }
  /// What came of looking.
  void learn(bool has_found) noexcept {
    score_ = has_found ? std::min(score_ + gain, most) : std::max(score_ - 1, 0);
  }

private:
  /// A success pays for two failures.
  static constexpr int gain = 2;
  static constexpr int most = 8;

  int score_ = 0;
  unsigned waits_ = 0;
};

} // namespace gantry::runtime
