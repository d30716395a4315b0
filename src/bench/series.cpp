#include "bench/series.hpp"

namespace gantry::bench {

double moment::per_second() const noexcept {
  const auto seconds = std::chrono::duration<double>(span).count();
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

} // namespace gantry::bench
