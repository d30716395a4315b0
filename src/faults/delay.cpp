#include "faults/delay.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gantry::faults {

namespace {

using std::chrono::milliseconds;

/// Above 0, because of the logarithm.
double draw_logarithm(std::mt19937_64& random) {
  return std::log(1 - draw(random));
}

/// Of the standard normal distribution (Box and Muller). Those of the standard library differ
/// between implementations.
double draw_normal(std::mt19937_64& random) {
  const auto radius = std::sqrt(-2 * draw_logarithm(random));
  return radius * std::cos(2 * std::numbers::pi * draw(random));
}

/// Cut before it becomes a whole number, which could not hold it.
milliseconds cut(double time, const delay_time& times) {
  return milliseconds{
    static_cast<std::int64_t>(std::clamp(std::round(time), static_cast<double>(times.least.count()),
                                         static_cast<double>(times.most.count())))};
}

} // namespace

double draw(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) / static_cast<double>(std::uint64_t{1} << 53);
}

milliseconds draw(const delay_time& times, std::mt19937_64& random) {
  const auto mean = static_cast<double>(times.mean.count());
  switch (times.shape) {
  case distribution::normal:
    return cut(mean + static_cast<double>(times.deviation.count()) * draw_normal(random), times);
  case distribution::exponential: return cut(-mean * draw_logarithm(random), times);
  case distribution::even: break;
  }
  if (times.most <= times.least)
    return times.least;
  const auto span = static_cast<double>((times.most - times.least).count() + 1);
  return times.least + milliseconds{static_cast<std::int64_t>(draw(random) * span)};
}

} // namespace gantry::faults
