// The figures of `gantry bench zb`: a line for each test.
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
  /// With what comes before and after the requests that are measured.
  std::chrono::nanoseconds whole{0};
};

/// Requests a second as `zb` reckons them: over the whole time.
double zb_per_second(const zb_line& line);

std::string render_zb_table(const std::vector<zb_line>& lines);
/// As `to_json` of a report; the tests stand where that has operations, so that `compare_reports`
/// reads both. `described` and `seed` are those of the whole.
boost::json::object zb_to_json(const std::vector<zb_line>& lines, boost::json::object described,
                               std::uint64_t seed);

/// A chapter for each test.
page zb_page(const std::vector<zb_line>& lines, boost::json::object described, std::uint64_t seed);

} // namespace gantry::bench
