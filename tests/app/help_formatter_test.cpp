// The layout of `--help`.
#include "app/help_formatter.hpp"

#include "app/command_line.hpp"
#include "support/has.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string>
#include <variant>
#include <vector>

using namespace gantry::app;
using gantry::test::has;

namespace {

std::string help_of(std::vector<const char*> path) {
  path.insert(path.begin(), "gantry");
  path.push_back("--help");
  const auto parsed = parse_command_line(static_cast<int>(path.size()), path.data());
  return std::get<message_command>(parsed).text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(help_formatter)

BOOST_AUTO_TEST_CASE(lines_break_at_spaces_before_they_are_too_long) {
  BOOST_TEST(wrap("one two three", 20) == "one two three");
  BOOST_TEST(wrap("one two three", 7) == "one two\nthree");
  BOOST_TEST(wrap("one two three", 8) == "one two\nthree");
  BOOST_TEST(wrap("one two three", 3) == "one\ntwo\nthree");
  BOOST_TEST(wrap("one two\x1fthree", 11) == "one\ntwo three");
  BOOST_TEST(wrap("", 3).empty());
}

BOOST_AUTO_TEST_CASE(the_default_is_shown_after_the_meaning) {
  const auto serve = help_of({"serve"});
  BOOST_TEST(has(serve, "--head-timeout DURATION"));
  BOOST_TEST(!has(serve, "\n\n\n"));
  BOOST_TEST(has(serve, "(default: half of the RAM)"));
  BOOST_TEST(has(serve, "--access-log {json,off,text}"));
  BOOST_TEST(has(help_of({"gc"}), "keep garbage for this long before it is removed (default: 1h)"));
  BOOST_TEST(has(help_of({"gc"}), "the folder of the registry (required)"));
  BOOST_TEST(has(help_of({"bench", "pull"}), "time for a request and its response (default: 1m)"));
}

BOOST_AUTO_TEST_CASE(arguments_are_named_by_their_placeholders) {
  BOOST_TEST(has(help_of({"import"}), "Usage: gantry import [OPTIONS] SOURCE [NAME[:TAG]]\n"));
  BOOST_TEST(has(help_of({"import"}), "\n  SOURCE  "));
  BOOST_TEST(has(help_of({"completion"}), "Usage: gantry completion [OPTIONS] shell\n"));
}

BOOST_AUTO_TEST_CASE(no_line_is_longer_than_a_hundred_characters) {
  for (const auto& path :
       {std::vector<const char*>{"serve"}, {"gc"}, {"import"}, {"bench", "pull"}}) {
    std::istringstream lines{help_of(path)};
    for (std::string line; std::getline(lines, line);)
      BOOST_TEST(line.size() <= 100u, line);
  }
}

BOOST_AUTO_TEST_SUITE_END()
