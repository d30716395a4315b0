// docs/metrics.md shows the table of metrics.
#include "telemetry/metric_table.hpp"

#include "docs/markdown.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(metrics_doc)

using namespace gantry::telemetry;
using namespace gantry::test;

namespace {

std::string row_text(const metric_row& row) {
  return "| `" + std::string{row.name} + "` | " + std::string{to_string(row.type)} + " | " +
         (row.labels.empty() ? "" : "`" + std::string{row.labels} + "`") + " | " +
         std::string{row.help} + " |\n";
}

std::string table() {
  std::string text = "| metric | type | labels | what it is |\n|---|---|---|---|\n";
  for (const auto& row : metrics())
    text += row_text(row);
  return text;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_page_shows_the_table_of_metrics) {
  check_region("docs/metrics.md", "metrics", table());
}

BOOST_AUTO_TEST_SUITE_END()
