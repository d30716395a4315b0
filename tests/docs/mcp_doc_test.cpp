// docs/testing.md shows the tools for agents.
#include "api/tools/table.hpp"

#include "docs/markdown.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(mcp_doc)

using namespace gantry;
using namespace gantry::test;

namespace {

/// The first sentence of a description, without its end.
std::string_view summary(std::string_view text) {
  return text.substr(0, std::min(text.find(". "), text.size() - 1));
}

std::string tools() {
  std::string table = "| tool | what it does |\n|---|---|\n";
  for (const auto& each : api::tools::shown_tools())
    table.append("| `")
      .append(each.name)
      .append("` | ")
      .append(summary(each.description))
      .append(" |\n");
  return table;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_page_on_testing_shows_the_tools_for_agents) {
  check_region("docs/testing.md", "tools", tools());
}

BOOST_AUTO_TEST_SUITE_END()
