// A report as one HTML file that needs nothing but itself.
#pragma once

#include "bench/latency_histogram.hpp"
#include "bench/series.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gantry::bench {

/// Plots of one load.
struct chapter {
  /// Empty where there is only one.
  std::string title;
  /// What is done one after another: "image".
  std::string unit;
  series moments;
  /// By the name of the operation; each has been done at least once.
  std::vector<std::pair<std::string, latency_histogram>> latencies;
};

struct page {
  std::string title;
  boost::json::object options;
  std::uint64_t seed = 0;
  /// The first row names the columns.
  std::vector<std::vector<std::string>> table;
  /// Lines below the table.
  std::string notes;
  std::vector<chapter> chapters;
};

/// Well-formed XML as well: no scripts, no references to anything outside.
std::string render_page(const page& what);

} // namespace gantry::bench
