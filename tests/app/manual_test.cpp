// The manual page; tests/packaging has man(1) read it.
#include "app/manual.hpp"

#include "config/table.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>

using namespace gantry::app;

namespace {

const std::string& whole_page() {
  static const auto text = manual_page(describe_commands());
  return text;
}

bool has(std::string_view text) {
  return whole_page().find(text) != std::string::npos;
}

/// As troff needs it.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text)
    result += c == '-' ? std::string{"\\-"} : std::string{c};
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(manual)

BOOST_AUTO_TEST_CASE(every_setting_stands_there_with_its_variable_and_default) {
  for (const auto& row : gantry::config::table()) {
    BOOST_TEST(has(".TP\n\\fB" + escaped(row.flag) + "\\fR"), row.flag);
    BOOST_TEST(has("Key: \\fB" + std::string{row.key} + "\\fR.\n"), row.key);
    BOOST_TEST(has("Variable: \\fB" + gantry::config::variable_of(row) + "\\fR.\n"), row.key);
    BOOST_TEST(has("Default: " + escaped(gantry::config::default_of(row)) + ".\n"), row.key);
  }
}

BOOST_AUTO_TEST_CASE(every_command_stands_there_with_its_options) {
  for (const auto& command : describe_commands()) {
    if (command.path.empty())
      continue;
    BOOST_TEST(has(".HP\n\\fBgantry " + escaped(command.path) + "\\fR"), command.path);
    for (const auto& option : command.options)
      if (option.name != "--help")
        BOOST_TEST(has(option.name.empty() ? "\\fI" + escaped(option.placeholder) + "\\fR"
                                           : "\\fB" + escaped(option.name) + "\\fR"));
  }
  BOOST_TEST(has("\\fBgantry completion\\fR [\\fIOPTION\\fR]... \\fIshell\\fR\n"));
  BOOST_TEST(has("\\fIshell\\fR \\fI{bash,fish,zsh}\\fR\n"));
}

BOOST_AUTO_TEST_CASE(no_text_is_taken_for_a_request) {
  // All requests of the page; a text that begins with a dot or a quote would be another one.
  constexpr std::string_view requests[] = {".TH", ".SH", ".SS", ".TP", ".HP",
                                           ".PP", ".B",  ".BR", ".nh", ".ad"};
  std::istringstream lines{whole_page()};
  for (std::string line; std::getline(lines, line);) {
    const std::string_view first{line.data(), std::min(line.find(' '), line.size())};
    if (line.starts_with('.'))
      BOOST_TEST((std::ranges::find(requests, first) != std::end(requests)), line);
    BOOST_TEST(!line.starts_with('\''), line);
  }
}

BOOST_AUTO_TEST_SUITE_END()
