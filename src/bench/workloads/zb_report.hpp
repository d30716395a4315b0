// The figures of `gantry bench zb`: one line per test.
#pragma once

#include "bench/page/page.hpp"
#include "bench/report.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::bench {

struct zb_line {
  std::string_view name;
  load_result load;
  /// Including the work before and after the measured requests.
  std::chrono::nanoseconds whole{0};
};

/// Requests per second as `zb` computes them: over the whole time.
double zb_per_second(const zb_line& line);

std::string render_zb_table(const std::vector<zb_line>& lines);
/// Like `to_json` of a report, with tests instead of operations, so that `compare_reports` reads
/// both.
boost::json::object zb_to_json(const std::vector<zb_line>& lines, boost::json::object described,
                               std::uint64_t seed);

/// One chapter per test.
page zb_page(const std::vector<zb_line>& lines, boost::json::object described, std::uint64_t seed);

} // namespace gantry::bench
