// The rows of the table, one by one: texts and values.
#include "config/table.hpp"

#include "config/draft.hpp"
#include "config/texts.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace gantry::config;

namespace {

/// A text of each type that differs from every default.
const std::map<std::string_view, std::string> samples{
  {"ALGORITHM", "ES256"},
  {"CERT:KEY", "/srv/tls.crt:/srv/tls.key"},
  {"DIR", "/srv/registry"},
  {"DURATION", "7m"},
  {"FILE", "/srv/faults.json"},
  {"GLOB", "v*"},
  {"HOST", "registry.example"},
  {"HOST:PORT", "127.0.0.1:5000"},
  {"N", "7"},
  {"'NAME: VALUE'", "X-A: b"},
  {"NETWORK", "10.0.0.0/8"},
  {"ORIGIN", "http://localhost:3000"},
  {"PATH", "/registry"},
  {"RULE", "address=7/s"},
  {"SIZE", "7MiB"},
  {"SUITE", "TLS_AES_128_GCM_SHA256"},
  {"TEXT", "words"},
  {"URL", "https://registry.example"},
  {"WHAT", "false"},
};

std::string show(const row& setting, const settings& from) {
  return setting.holds.show(from, setting.holds);
}

/// A text that changes the setting.
std::string sample_of(const row& setting) {
  const settings untouched;
  if (setting.holds.is_switch())
    return show(setting, untouched) == "true" ? "false" : "true";
  if (setting.holds.choices.empty())
    return samples.at(setting.holds.type);
  const auto& choices = setting.holds.choices;
  return std::string{choices.front() == show(setting, untouched) ? choices.back()
                                                                 : choices.front()};
}

void read(settings& into, const row& setting, std::string_view text) {
  setting.holds.read(into, text, setting.holds);
}

void check_refused(const row& setting, const std::string& text, std::string_view mistake) {
  settings into;
  BOOST_CHECK_EXCEPTION(read(into, setting, text), std::invalid_argument,
                        [&](const std::invalid_argument& wrong) {
                          const std::string said{wrong.what()};
                          BOOST_TEST_MESSAGE(said);
                          return said.starts_with("'" + text + "' " + std::string{mistake}) &&
                                 said.find("such as ") != std::string::npos;
                        });
  BOOST_CHECK(into == settings{});
}

/// A number in the type's unit.
std::string write(std::string_view type, std::uint64_t number) {
  return std::to_string(number) + (type == "DURATION" ? "ms" : "");
}

void for_each_row(const std::function<void(const row&)>& check) {
  for (const auto& setting : table())
    BOOST_TEST_CONTEXT(setting.key) {
      check(setting);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(table)

BOOST_AUTO_TEST_CASE(keys_are_sorted_and_unique) {
  const auto rows = gantry::config::table();
  const auto disorder = std::ranges::adjacent_find(rows, std::ranges::greater_equal{}, &row::key);
  BOOST_TEST((disorder == rows.end()));
  for_each_row([](const row& setting) { BOOST_TEST(find_key(setting.key) == &setting); });
  BOOST_TEST(!find_key("http"));
  BOOST_TEST(!find_key("zebra"));
}

BOOST_AUTO_TEST_CASE(no_key_is_a_folder_of_another) {
  for_each_row([](const row& setting) {
    for (const auto& other : gantry::config::table())
      BOOST_TEST(!other.key.starts_with(std::string{setting.key} + "."));
  });
}

BOOST_AUTO_TEST_CASE(keys_are_lower_case_words_between_dots) {
  for_each_row([](const row& setting) {
    BOOST_TEST(
      std::ranges::all_of(setting.key, [](char c) { return c == '.' || (c >= 'a' && c <= 'z'); }));
  });
}

BOOST_AUTO_TEST_CASE(a_group_lists_what_distribution_has_first) {
  std::size_t listed = 0;
  for (const auto section : groups) {
    bool is_own = false;
    for (const auto* each : rows_of(section)) {
      BOOST_TEST((each->section == section));
      BOOST_TEST((!is_own || each->key.starts_with("gantry.")));
      is_own = each->key.starts_with("gantry.");
      ++listed;
    }
    BOOST_TEST(!rows_of(section).empty());
  }
  BOOST_TEST(listed == gantry::config::table().size());
  BOOST_TEST(rows_of(group::storage).front()->flag == "--data");
}

BOOST_AUTO_TEST_CASE(flags_and_variables_name_one_row_each) {
  std::set<std::string> names;
  for_each_row([&](const row& setting) {
    BOOST_TEST(setting.flag.starts_with("--"));
    BOOST_TEST(names.insert(std::string{setting.flag}).second);
    BOOST_TEST(names.insert(variable_of(setting)).second);
    BOOST_TEST(find_variable(variable_of(setting)) == &setting);
  });
  BOOST_TEST(variable_of(*find_key("http.addr")) == "REGISTRY_HTTP_ADDR");
  BOOST_TEST(variable_of(*find_key("storage.filesystem.rootdirectory")) ==
             "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY");
  for (const auto* other : {"REGISTRY_HTTP", "REGISTRY_HTTP_ADDRESS", "HTTP_ADDR", "REGISTRY_", ""})
    BOOST_TEST(!find_variable(other), other);
}

BOOST_AUTO_TEST_CASE(every_row_has_a_one_line_help) {
  for_each_row([](const row& setting) {
    BOOST_TEST(!setting.help.empty());
    BOOST_TEST(setting.help.find_first_of("|\n") == std::string_view::npos);
    BOOST_TEST(!setting.help.ends_with('.'));
    BOOST_TEST(!default_of(setting).empty());
    BOOST_TEST(!title_of(setting.section).empty());
  });
}

BOOST_AUTO_TEST_CASE(every_row_reads_and_shows_its_own_member) {
  for_each_row([](const row& setting) {
    settings changed;
    if (setting.holds.is_list())
      setting.holds.clear(changed);
    const auto text = sample_of(setting);
    read(changed, setting, text);
    BOOST_TEST(show(setting, changed) == text);
    for (const auto& other : gantry::config::table())
      if (&other != &setting)
        BOOST_TEST(show(other, changed) == show(other, settings{}), other.key);
  });
}

BOOST_AUTO_TEST_CASE(a_shown_default_can_be_read_back) {
  for_each_row([](const row& setting) {
    const auto shown = show(setting, settings{});
    if (setting.fallback.empty()) {
      settings same;
      if (setting.holds.is_list())
        setting.holds.clear(same);
      read(same, setting, shown);
      BOOST_CHECK(same == settings{});
    }
  });
}

BOOST_AUTO_TEST_CASE(values_out_of_bounds_are_refused_with_the_bound_and_an_example) {
  int bounded = 0;
  for_each_row([&](const row& setting) {
    const auto& [type, allowed] = std::pair{setting.holds.type, setting.holds.allowed};
    if (type != "N" && type != "SIZE" && type != "DURATION")
      return;
    ++bounded;
    const auto* too_much = type == "DURATION" ? "is too long" : "is too large";
    const auto* too_little = type == "DURATION" ? "is too short" : "is too small";
    settings within;
    BOOST_CHECK_NO_THROW(read(within, setting, write(type, allowed.least)));
    BOOST_CHECK_NO_THROW(read(within, setting, write(type, allowed.most)));
    check_refused(setting, write(type, allowed.most + 1), too_much);
    if (allowed.least > 0)
      check_refused(setting, write(type, allowed.least - 1), too_little);
    check_refused(setting, "-1", "is negative");
    check_refused(setting, "many", "is not a");
  });
  BOOST_TEST(bounded > 20);
}

BOOST_AUTO_TEST_CASE(an_unknown_choice_is_refused_with_all_choices) {
  for_each_row([](const row& setting) {
    if (!setting.holds.choices.empty())
      check_refused(setting, "unheard", "is not one of");
  });
}

BOOST_AUTO_TEST_CASE(every_type_describes_a_missing_value) {
  for_each_row([](const row& setting) {
    BOOST_TEST(needed_for(setting) != "a value");
    BOOST_TEST(type_of(setting).empty() == setting.holds.is_switch());
  });
  BOOST_TEST(needed_for(*find_key("gantry.validation.references")) == "one of accept,reject,warn");
  BOOST_TEST(type_of(*find_key("gantry.validation.references")) == "{accept,reject,warn}");
}

BOOST_AUTO_TEST_CASE(a_default_of_a_switch_describes_its_flag) {
  BOOST_TEST(default_of(*find_key("storage.delete.enabled")) == "off"); // --no-delete
  BOOST_TEST(default_of(*find_key("storage.maintenance.readonly.enabled")) == "off");
  BOOST_TEST(default_of(*find_key("http.draintimeout")) == "10s");
  BOOST_TEST(default_of(*find_key("gantry.memory.limit")) == "half of the RAM");
}

BOOST_AUTO_TEST_SUITE_END()
