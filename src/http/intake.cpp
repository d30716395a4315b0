#include "http/intake.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

namespace gantry::http {

namespace {

/// A rate limit applies over spans of this length.
constexpr std::chrono::milliseconds rate_span{50};
constexpr auto no_reset = std::numeric_limits<std::uint64_t>::max();

} // namespace

intake::intake(const intake_plan& plan)
  : rate_{plan.rate}, left_{plan.reset_after.value_or(no_reset)} {}

std::size_t intake::allowed(std::size_t wanted) const noexcept {
  if (!is_due())
    return 0;
  auto most = std::min<std::uint64_t>(wanted, left_);
  if (rate_ > 0) {
    const auto span = static_cast<std::uint64_t>(rate_span.count());
    most = std::min(most, std::max<std::uint64_t>(1, rate_ * span / 1000));
  }
  return static_cast<std::size_t>(most);
}

void intake::count(std::size_t bytes) noexcept {
  left_ -= left_ == no_reset ? 0 : bytes;
  if (rate_ == 0)
    return;
  const std::chrono::microseconds takes{bytes * 1'000'000 / rate_};
  due_ = std::max(due_, net::steady_clock::now()) + takes;
}

} // namespace gantry::http
