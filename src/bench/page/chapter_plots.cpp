#include "bench/page/chapter_plots.hpp"

#include "base/text.hpp"
#include "bench/report.hpp"
#include "bench/seconds.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace gantry::bench {

namespace {

constexpr double drawn_percentiles[] = {50, 60, 70, 75,   80,   85,   90,    92.5,  95,
                                        97, 98, 99, 99.5, 99.7, 99.9, 99.95, 99.97, 99.99};
constexpr double named_percentiles[] = {50, 90, 99, 99.9, 99.99};

double in_microseconds(latency_histogram::duration time) {
  return static_cast<double>(time.count());
}

std::string shortest(double value) {
  auto text = render_decimal(value, 2);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.'))
    text.pop_back();
  return text;
}

std::vector<tick> number_ticks(const scale& axis, const char* unit) {
  std::vector<tick> ticks;
  for (const auto value : axis.ticks())
    ticks.push_back({value, shortest(value) + unit});
  return ticks;
}

std::vector<tick> time_ticks(const scale& axis) {
  std::vector<tick> ticks;
  for (const auto value : axis.ticks())
    ticks.push_back({value, render_time(latency_histogram::duration{std::lround(value)})});
  return ticks;
}

/// `value` of each moment as a step; omits negative values.
template <class Value>
curve steps(const char* name, const series& moments, Value value) {
  curve made{name, {}};
  for (const auto& each : moments) {
    const auto y = value(each);
    if (y < 0)
      continue;
    made.points.push_back({in_seconds(each.end - each.span), y});
    made.points.push_back({in_seconds(each.end), y});
  }
  return made;
}

scale elapsed_scale(const series& moments) {
  const auto end = moments.empty() ? 1.0 : in_seconds(moments.back().end);
  return scale::between(0, std::max(end, 0.001), plot_area::left, plot_area::right);
}

/// Covers all values of the curves.
scale latency_scale(const std::vector<curve>& curves) {
  double least = 1e9;
  double most = 1;
  for (const auto& each : curves)
    for (const auto& at : each.points) {
      least = std::min(least, at.y);
      most = std::max(most, at.y);
    }
  return scale::logarithmic(std::clamp(least, 1.0, most), most, plot_area::bottom, plot_area::top);
}

} // namespace

plot throughput_plot(const chapter& load) {
  const auto name = load.unit + "s/s";
  auto made = steps(name.c_str(), load.moments, [](const moment& at) { return at.per_second(); });
  double most = 0;
  for (const auto& at : made.points)
    most = std::max(most, at.y);
  const auto x = elapsed_scale(load.moments);
  const auto y = scale::linear(most, plot_area::bottom, plot_area::top);
  return {"Throughput over time", x, number_ticks(x, " s"), y, number_ticks(y, ""), {made}};
}

plot latency_plot(const chapter& load) {
  const auto of = [](latency_histogram::duration moment::*time) {
    return [time](const moment& at) { return at.count == 0 ? -1.0 : in_microseconds(at.*time); };
  };
  std::vector<curve> curves{steps("p50", load.moments, of(&moment::p50)),
                            steps("p99", load.moments, of(&moment::p99))};
  const auto x = elapsed_scale(load.moments);
  const auto y = latency_scale(curves);
  return {"Latency over time", x, number_ticks(x, " s"), y, time_ticks(y), std::move(curves)};
}

plot percentile_plot(const chapter& load) {
  std::vector<curve> curves;
  for (const auto& [name, latency] : load.latencies) {
    curve made{name, {}};
    for (const auto percent : drawn_percentiles)
      made.points.push_back({nines_of(percent), in_microseconds(latency.percentile(percent))});
    curves.push_back(std::move(made));
  }
  std::vector<tick> names;
  for (const auto percent : named_percentiles)
    names.push_back({nines_of(percent), concat("p", shortest(percent))});
  const auto x = scale::between(nines_of(50), nines_of(99.99), plot_area::left, plot_area::right);
  const auto y = latency_scale(curves);
  return {"Latency by percentile", x, std::move(names), y, time_ticks(y), std::move(curves)};
}

} // namespace gantry::bench
