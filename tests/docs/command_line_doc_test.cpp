// The tables of options in README.md and docs/bench.md have every option of the program, and no
// other.
#include "app/command_line.hpp"

#include "docs/markdown.hpp"
#include "support/golden.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <variant>
#include <vector>

BOOST_AUTO_TEST_SUITE(command_line_doc)

using namespace gantry;
using namespace gantry::test;

namespace {

std::set<std::string> options_in_help(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "gantry");
  arguments.push_back("--help");
  const auto command =
    app::parse_command_line(static_cast<int>(arguments.size()), arguments.data());
  const auto& text = std::get<app::message_command>(command).text;
  const std::regex option{"\\n +(?:-\\w,)?(--[a-z-]+)"};
  std::set<std::string> known;
  for (std::sregex_iterator found{text.begin(), text.end(), option}, end; found != end; ++found)
    known.insert((*found)[1]);
  known.erase("--help");
  return known;
}

std::set<std::string> documented_options(const char* file) {
  const auto document = std::filesystem::path{GANTRY_SOURCE_DIR} / file;
  std::set<std::string> options;
  for (const auto& row : table_below(read_text(document), "## Options")) {
    const auto flag = code_spans(row.at(0)).at(0);
    options.insert(flag.substr(0, flag.find(' ')));
  }
  return options;
}

} // namespace

BOOST_AUTO_TEST_CASE(every_option_of_the_server_is_there_and_no_other) {
  BOOST_TEST(options_in_help({"serve"}) == documented_options("README.md"),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_option_of_the_load_generator_is_there_and_no_other) {
  std::set<std::string> known;
  for (const auto* workload :
       {"push", "pull", "mixed", "tags", "catalog", "mount-storm", "resume", "churn", "zb"})
    known.merge(options_in_help({"bench", workload}));
  BOOST_TEST(known == documented_options("docs/bench.md"), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
