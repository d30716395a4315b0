#include "bench/page/report_page.hpp"

namespace gantry::bench {

page page_of(const report& figures) {
  page made;
  made.title = "gantry bench " + figures.workload;
  made.options = figures.options;
  made.seed = figures.seed;
  made.table = table_rows(figures);
  made.notes = render_notes(figures);
  made.chapters.push_back(chapter_of({}, figures.unit, figures.load));
  return made;
}

chapter chapter_of(const std::string& title, const std::string& unit, const load_result& load) {
  chapter made{title, unit, load.moments, {}};
  for (std::size_t i = 0; i < operation_count; ++i) {
    const auto what = static_cast<operation>(i);
    const auto& latency = load.figures.of(what).latency;
    if (latency.count() > 0)
      made.latencies.emplace_back(what == operation::image ? unit : std::string{to_string(what)},
                                  latency);
  }
  return made;
}

} // namespace gantry::bench
