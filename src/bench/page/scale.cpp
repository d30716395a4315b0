#include "bench/page/scale.hpp"

#include <algorithm>
#include <cmath>

namespace gantry::bench {

namespace {

/// The smallest of 1, 2 and 5 times a power of ten that gives at most five steps.
double step_of(double range) {
  const auto raw = range / 5;
  const auto power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (raw <= factor * power * (1 + 1e-9))
      return factor * power;
  return 10 * power;
}

} // namespace

scale scale::linear(double most, double from, double to) {
  const auto range = most > 0 ? most : 1;
  const auto step = step_of(range);
  return {0, std::ceil(range / step - 1e-9) * step, from, to, false};
}

scale scale::between(double least, double most, double from, double to) {
  return {least, most, from, to, false};
}

scale scale::logarithmic(double least, double most, double from, double to) {
  const auto bottom = std::floor(std::log10(least) + 1e-9);
  const auto top = std::max(std::ceil(std::log10(most) - 1e-9), bottom + 1);
  return {std::pow(10, bottom), std::pow(10, top), from, to, true};
}

double scale::operator()(double value) const noexcept {
  const auto inside = std::clamp(value, least_, most_);
  const auto share = logarithmic_ ? std::log(inside / least_) / std::log(most_ / least_)
                                  : (inside - least_) / (most_ - least_);
  return from_ + share * (to_ - from_);
}

std::vector<double> scale::ticks() const {
  std::vector<double> values;
  if (logarithmic_) {
    for (auto value = least_; value <= most_ * (1 + 1e-9); value *= 10)
      values.push_back(value);
    return values;
  }
  const auto step = step_of(most_ - least_);
  for (auto n = std::ceil(least_ / step - 1e-9); n * step <= most_ + step * 1e-9; ++n)
    values.push_back(n * step + 0.0); // not -0
  return values;
}

double nines_of(double percent) {
  return -std::log10(1 - percent / 100);
}

} // namespace gantry::bench
