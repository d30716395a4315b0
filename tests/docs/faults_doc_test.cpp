// docs/testing.md shows the named faults.
#include "faults/named_faults.hpp"

#include "docs/markdown.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(faults_doc)

using namespace gantry;
using namespace gantry::test;

namespace {

std::string named() {
  std::string table = "| name | what happens |\n|---|---|\n";
  for (const auto& each : faults::named_faults())
    table += "| `" + std::string{each.name} + "` | " + std::string{each.help} + " |\n";
  return table;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_page_on_testing_shows_the_named_faults) {
  check_region("docs/testing.md", "named-faults", named());
}

BOOST_AUTO_TEST_SUITE_END()
