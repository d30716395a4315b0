#include "bench/series.hpp"

#include "bench/seconds.hpp"

namespace gantry::bench {

double moment::per_second() const noexcept {
  const auto seconds = in_seconds(span);
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

} // namespace gantry::bench
