// The page of a report.
#pragma once

#include "bench/page/page.hpp"
#include "bench/report.hpp"

namespace gantry::bench {

page page_of(const report& figures);

/// The plots of a load. `unit` is what the workload counts.
chapter chapter_of(const std::string& title, const std::string& unit, const load_result& load);

} // namespace gantry::bench
