// The options of `gantry serve` are the rows of the table.
#include "app/serve_options.hpp"

#include "app/typed_words.hpp"
#include "config/table.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

using namespace gantry;
using namespace gantry::app;
using namespace gantry::test;

namespace {

std::string help() {
  return std::get<message_command>(parse({"serve", "--help"})).text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(serve_options)

BOOST_AUTO_TEST_CASE(every_row_is_an_option_in_the_help_of_its_group) {
  const auto text = help();
  for (const auto& setting : config::table())
    BOOST_TEST_CONTEXT(setting.flag) {
      const auto type = config::type_of(setting);
      const auto name = "\n  " + std::string{setting.flag} + (type.empty() ? "" : " ") + type;
      const auto title = "\n" + std::string{config::title_of(setting.section)} + ":\n";
      BOOST_TEST(text.find(name) != std::string::npos);
      BOOST_TEST(text.find(title) < text.find(name));
    }
}

BOOST_AUTO_TEST_CASE(the_flag_of_a_switch_says_what_its_name_says) {
  BOOST_TEST(settings_of({"--read-only"}).read_only);
  BOOST_TEST(!settings_of({"--read-only=false"}).read_only);
  BOOST_TEST(!settings_of({"--no-delete"}).allow_delete);
  BOOST_TEST(settings_of({"--no-delete=false"}).allow_delete);
  BOOST_TEST(!settings_of({"--absolute-locations"}).relative_locations);
}

BOOST_AUTO_TEST_CASE(a_switch_that_is_turned_off_overrides_the_environment) {
  ::setenv("REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED", "true", 1);
  const auto alone = settings_of({}).read_only;
  const auto overruled = settings_of({"--read-only=false"}).read_only;
  ::unsetenv("REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED");
  BOOST_TEST(alone);
  BOOST_TEST(!overruled);
}

BOOST_AUTO_TEST_CASE(a_wrong_variable_is_reported_in_one_line) {
  ::setenv("REGISTRY_GANTRY_THREADS", "many", 1);
  const auto parsed = parse({"serve"});
  ::unsetenv("REGISTRY_GANTRY_THREADS");
  const auto& message = std::get<message_command>(parsed);
  BOOST_TEST(message.exit_code == 2);
  BOOST_TEST(message.text == "gantry: REGISTRY_GANTRY_THREADS: 'many' is not a number: write a "
                             "whole number from 1 to 1024, such as 10\n");
}

BOOST_AUTO_TEST_SUITE_END()
