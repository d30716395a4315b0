// README.md shows the table of operations.
#include "api/mode.hpp"
#include "api/operations.hpp"

#include "docs/markdown.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(endpoints_doc)

using namespace gantry;
using namespace gantry::test;

namespace {

std::string row_of(const api::operation& each) {
  std::string text = "| " + std::string{each.methods} + " | `" + std::string{each.where.text()} +
                     "` | " + std::string{each.help};
  if (!each.spec.empty())
    text += " (" + std::string{each.spec} + ")";
  return text + " |\n";
}

std::string endpoints() {
  std::string table = "| methods | path | what it does |\n|---|---|---|\n";
  for (const auto& each : api::operations())
    if (each.where != api::route{})
      table += row_of(each);
  return table;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_readme_shows_the_table_of_operations) {
  check_region("README.md", "endpoints", endpoints());
}

BOOST_AUTO_TEST_SUITE_END()
