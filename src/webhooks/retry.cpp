#include "webhooks/retry.hpp"

#include <algorithm>

namespace gantry::webhooks {

std::chrono::milliseconds pause_after(std::size_t failures, std::size_t threshold,
                                      std::chrono::milliseconds backoff,
                                      std::optional<std::chrono::seconds> wanted, double part) {
  using std::chrono::milliseconds;
  const auto most = std::max(longest_pause, backoff);
  milliseconds span{0};
  if (failures >= threshold) {
    span = backoff;
    for (auto i = threshold; i < failures && span < most; ++i)
      span *= 2;
    span = std::chrono::ceil<milliseconds>(std::min(span, most) * part);
  }
  if (wanted)
    span = std::max<milliseconds>(span, *wanted);
  return std::min(span, most);
}

} // namespace gantry::webhooks
