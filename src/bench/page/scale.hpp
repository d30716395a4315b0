// Maps values to positions on an axis.
#pragma once

#include <vector>

namespace gantry::bench {

/// A value type.
class scale {
public:
  /// From zero to a round number, at least `most`.
  static scale linear(double most, double from, double to);
  /// From `least` to `most` exactly.
  static scale between(double least, double most, double from, double to);
  /// From a power of ten to a power of ten around `least`…`most`, which are positive.
  static scale logarithmic(double least, double most, double from, double to);

  /// Maps the least value to `from` and the greatest to `to`; values outside are clamped.
  double operator()(double value) const noexcept;
  /// Round values from the least to the greatest: about five, or the powers of ten.
  std::vector<double> ticks() const;

  double least() const noexcept { return least_; }
  double most() const noexcept { return most_; }

private:
  scale(double least, double most, double from, double to, bool logarithmic)
    : least_{least}, most_{most}, from_{from}, to_{to}, logarithmic_{logarithmic} {}

  double least_;
  double most_;
  double from_;
  double to_;
  bool logarithmic_;
};

/// The position of a percentile in nines: 1 for p90, 2 for p99, 3 for p99.9. Precondition:
/// `percent` is at least 0 and less than 100.
double nines_of(double percent);

} // namespace gantry::bench
