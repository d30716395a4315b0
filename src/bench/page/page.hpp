// A report as one self-contained HTML file.
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
  /// Empty if there is only one chapter.
  std::string title;
  /// What the workload counts: "image".
  std::string unit;
  series moments;
  /// By name of the operation. None of them is empty.
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

/// HTML that is well-formed XML too, without scripts and without external references.
std::string render_page(const page& what);

} // namespace gantry::bench
