// docs/testing.md shows a file that describes content, its keys, and the broken images.
#include "synthesis/flaws.hpp"

#include "docs/markdown.hpp"
#include "support/golden.hpp"
#include "synthesis/description.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(seeding_doc)

using namespace gantry;
using namespace gantry::test;

namespace {

std::string broken() {
  std::string table = "| name | tag | what is wrong |\n|---|---|---|\n";
  for (const auto& each : synthesis::flaws())
    table += "| `" + std::string{each.name} + "` | `" + std::string{each.tag} + "` | " +
             std::string{each.help} + " |\n";
  return table;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_page_on_testing_shows_the_broken_images) {
  check_region("docs/testing.md", "broken-images", broken());
}

BOOST_AUTO_TEST_CASE(the_file_that_it_shows_is_valid_and_has_every_key_of_its_table) {
  const auto page = read_text(std::filesystem::path{GANTRY_SOURCE_DIR} / "docs/testing.md");
  const std::string begin = "```yaml content.yml\n";
  const auto at = page.find(begin);
  BOOST_REQUIRE(at != std::string::npos);
  const auto file = page.substr(at + begin.size(), page.find("```\n", at + 3) - at - begin.size());
  BOOST_TEST(synthesis::read_description(file).repositories.size() == 21U);
  for (const auto& row : table_below(page.substr(at), "```sh"))
    BOOST_TEST(file.find("    " + code_spans(row.front()).front() + ": ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
