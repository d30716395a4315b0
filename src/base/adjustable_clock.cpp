#include "base/adjustable_clock.hpp"

namespace gantry {

using std::chrono::system_clock;

adjustable_clock::reading adjustable_clock::read() const noexcept {
  const lock_guard lock{mutex_};
  return {shown(system_clock::now()), frozen_at_.has_value(), !is_adjusted_};
}

std::optional<adjustable_clock::reading> adjustable_clock::adjust(const change& wanted) noexcept {
  const lock_guard lock{mutex_};
  const auto real = system_clock::now();
  const auto start = wanted.now.value_or(wanted.real ? real : shown(real));
  // Compared before they are added, because the sum might overflow.
  if (start < earliest || start > latest || wanted.advance < earliest - start ||
      wanted.advance > latest - start)
    return std::nullopt;
  const auto next = start + wanted.advance;
  const bool freeze = wanted.frozen.value_or(!wanted.real && frozen_at_.has_value());
  offset_ = next - real;
  frozen_at_ = freeze ? std::optional{next} : std::nullopt;
  is_adjusted_.store(freeze || offset_ != duration{0}, std::memory_order_relaxed);
  return reading{next, freeze, !is_adjusted_};
}

} // namespace gantry
