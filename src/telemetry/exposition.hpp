// Renders metrics as Prometheus reads them: the text format, version 0.0.4.
#pragma once

#include "telemetry/histogram.hpp"
#include "telemetry/metric_table.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::telemetry {

inline constexpr std::string_view exposition_type = "text/plain; version=0.0.4; charset=utf-8";

/// Collects the samples of one scrape. Not thread-safe.
class exposition {
public:
  /// The values of the labels of a metric's row, in their order.
  using label_values = std::initializer_list<std::string_view>;

  /// Adds a sample of a counter or a gauge. Precondition, also for `add` of a histogram: all
  /// samples of a metric are added one after the other, and there is a value for each label.
  void add(metric which, double value, label_values labels = {});
  /// Adds the series of a histogram.
  void add(metric which, const histogram_counts& counts, label_values labels = {});

  std::string take() { return std::move(text_); }

private:
  void begin(metric which);
  void sample(std::string_view name, std::string_view suffix, const std::string& labels,
              double value);

  std::string text_;
  std::optional<metric> current_;
};

} // namespace gantry::telemetry
