// The variables of a process, and texts that refer to them.
#include "config/environment.hpp"

#include "support/refusal.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using gantry::test::refusal_of;

namespace {

std::string expand(std::string_view text, std::vector<const char*> variables = {}) {
  variables.push_back(nullptr);
  return config::environment{variables.data()}.expand(text);
}

} // namespace

BOOST_AUTO_TEST_SUITE(environment)

BOOST_AUTO_TEST_CASE(references_are_replaced) {
  BOOST_TEST(expand("plain $ text {x}") == "plain $ text {x}");
  BOOST_TEST(expand("a ${X} b${Y}", {"X=1", "Y="}) == "a 1 b");
  BOOST_TEST(expand("${X:-or this}") == "or this");
  BOOST_TEST(expand("${X:-or this}", {"X=that"}) == "that");
  BOOST_TEST(expand("$${X} and ${X}", {"X=${Y}"}) == "${X} and ${Y}");
  BOOST_TEST(refusal_of([] { expand("${X}"); }) ==
             "'${X}' is not set: set the variable, or write ${X:-TEXT} to have a default");
  BOOST_TEST(refusal_of([] { expand("a ${X"); }) == "'${X' has no closing brace: write ${NAME}");
  BOOST_TEST(refusal_of([] { expand("${a b}"); }) ==
             "'${a b}' does not name a variable: write ${NAME}, or $${ for the text itself");
}

BOOST_AUTO_TEST_CASE(a_reference_finds_what_a_file_holds) {
  const test::temp_dir folder;
  const auto file = (folder.path() / "secret").string();
  std::ofstream{file} << "hidden\r\n";
  const auto variable = "TOKEN_FILE=" + file;
  BOOST_TEST(expand("${TOKEN}", {variable.c_str()}) == "hidden");
}

BOOST_AUTO_TEST_SUITE_END()
