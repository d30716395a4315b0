// Completion scripts; `clients.command_line` runs the one for bash.
#include "app/completion.hpp"

#include "config/table.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

using namespace gantry::app;

namespace {

const std::vector<described_command>& commands() {
  static const auto all = describe_commands();
  return all;
}

const described_command& find(const std::string& path) {
  const auto found = std::ranges::find(commands(), path, &described_command::path);
  BOOST_REQUIRE((found != commands().end()));
  return *found;
}

const described_option& option_of(const std::string& path, const std::string& name) {
  const auto& options = find(path).options;
  const auto found = std::ranges::find(options, name, &described_option::name);
  BOOST_REQUIRE((found != options.end()));
  return *found;
}

/// A shell, and how its script names an option.
struct shell_row {
  shell reader;
  const char* name;
  const char* before;

  friend std::ostream& operator<<(std::ostream& out, const shell_row& row) {
    return out << row.name;
  }
};

const shell_row shells[] = {
  {shell::bash, "bash", "--"}, {shell::fish, "fish", " -l "}, {shell::zsh, "zsh", "--"}};

} // namespace

BOOST_AUTO_TEST_SUITE(completion)

BOOST_AUTO_TEST_CASE(commands_stand_before_those_below_them) {
  BOOST_TEST(commands().front().path.empty());
  const auto& all = commands().front().commands;
  for (const auto* name : {"serve", "gc", "verify", "import", "export", "bench", "completion"})
    BOOST_TEST((std::ranges::find(all, name) != all.end()), name);
  BOOST_TEST(find("bench").commands.size() == 10u);
  BOOST_TEST(find("bench push").help == "push new images");
}

BOOST_AUTO_TEST_CASE(options_are_those_of_the_parser) {
  for (const auto& setting : gantry::config::table()) {
    const auto& option = option_of("serve", std::string{setting.flag});
    BOOST_TEST(option.type == gantry::config::type_of(setting));
    BOOST_TEST(option.help == setting.help);
    BOOST_TEST(option.may_be_repeated == setting.holds.is_list());
  }
  BOOST_TEST(option_of("bench pull", "--no-verify").type.empty());
  BOOST_TEST(option_of("completion", "").type == "{bash,fish,zsh}");
}

BOOST_DATA_TEST_CASE(every_script_names_every_option_of_every_command,
                     boost::unit_test::data::make(shells)) {
  const auto script = completion_script(sample.reader, commands());
  for (const auto& command : commands()) {
    for (const auto& name : command.commands)
      BOOST_TEST(script.find(name) != std::string::npos, name);
    for (const auto& option : command.options)
      if (!option.name.empty())
        BOOST_TEST(script.find(sample.before + option.name.substr(2)) != std::string::npos,
                   option.name);
  }
}

BOOST_AUTO_TEST_CASE(words_of_a_choice_are_read_from_its_type) {
  BOOST_CHECK((choices_in("{a,b,c}") == std::vector<std::string>{"a", "b", "c"}));
  BOOST_CHECK((choices_in("{a}") == std::vector<std::string>{"a"}));
  BOOST_CHECK(choices_in("SIZE").empty());
  BOOST_CHECK(choices_in("").empty());
}

BOOST_AUTO_TEST_CASE(brief_help_ends_before_the_details_and_has_no_quotes) {
  BOOST_TEST(brief("where to listen; port 0 takes any") == "where to listen");
  BOOST_TEST(brief("a page, such as http://a; once") == "a page");
  BOOST_TEST(brief("the URL http://a") == "the URL http://a");
  BOOST_TEST(brief("CAF's own (threads)") == "CAFs own");
}

BOOST_AUTO_TEST_SUITE_END()
