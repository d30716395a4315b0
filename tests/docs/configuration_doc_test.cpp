// README.md and docs/configuration.md show the table of settings, docs/webhooks.md and
// docs/quotas.md and docs/retention.md the keys of lists.
#include "config/endpoints.hpp"
#include "config/quotas.hpp"
#include "config/table.hpp"
#include "config/values.hpp"
#include "retention/reader.hpp"

#include "docs/markdown.hpp"
#include "support/golden.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(configuration_doc)

using namespace gantry;
using namespace gantry::test;

namespace {

std::string code(std::string_view text) {
  return "`" + std::string{text} + "`";
}

/// Options and paths in code spans.
std::string with_code(std::string_view help) {
  std::istringstream words{std::string{help}};
  std::string text;
  for (std::string word; words >> word;) {
    const bool is_code = word.starts_with("--") || word.starts_with("/_");
    const auto end = word.find_last_not_of(",;:)") + 1;
    text +=
      (text.empty() ? "" : " ") + (is_code ? code(word.substr(0, end)) + word.substr(end) : word);
  }
  return text;
}

std::string option_of(const config::row& setting) {
  const auto type = config::type_of(setting);
  return code(std::string{setting.flag} + (type.empty() ? "" : " ") + type);
}

std::string summary_row(const config::row& setting) {
  return "| " + option_of(setting) + " | " + with_code(config::default_of(setting)) + " | " +
         with_code(setting.help) + " |\n";
}

std::string span(std::uint64_t milliseconds) {
  return config::render_duration(std::chrono::milliseconds{milliseconds});
}

/// What may be written.
std::string values_of(const config::row& setting) {
  const auto& holds = setting.holds;
  const auto& [least, most] = holds.allowed;
  if (holds.type == "N")
    return std::to_string(least) + " to " + std::to_string(most);
  if (holds.type == "SIZE")
    return least == 0 ? "a size" : "a size, at least " + config::render_size(least);
  if (holds.type == "DURATION")
    return least == 0 ? "a duration" : "a duration, at least " + span(least);
  return config::needed_for(setting);
}

/// As the key has it: `true` of `storage.delete.enabled`, where `--no-delete` is off.
std::string key_default_of(const config::row& setting) {
  const auto& holds = setting.holds;
  return setting.fallback.empty() ? code(holds.show(config::settings{}, holds))
                                  : with_code(setting.fallback);
}

std::string reference_row(const config::row& setting) {
  return "| " + code(setting.key) + " | " + code(setting.flag) + " | " +
         code(config::variable_of(setting)) + " | " + values_of(setting) + " | " +
         key_default_of(setting) + " | " + (setting.reloadable ? "reload" : "") + " |\n";
}

std::string render(config::group section, std::string (*render_row)(const config::row&)) {
  std::string rows;
  for (const auto* setting : config::rows_of(section))
    rows += render_row(*setting);
  return rows;
}

std::string summary() {
  std::string table = "| option | default | meaning |\n|---|---|---|\n";
  for (const auto section : config::groups)
    table += render(section, summary_row);
  return table;
}

std::string reference() {
  std::string text;
  for (const auto section : config::groups)
    text += (text.empty() ? "## " : "\n## ") + std::string{config::title_of(section)} +
            "\n\n| key | option | variable | values | default | while it serves |\n"
            "|---|---|---|---|---|---|\n" +
            render(section, reference_row);
  return text;
}

/// The keys of a list of structures.
template <class Fields>
std::string keys_in(const Fields& fields) {
  std::string rows = "| key | values | default | meaning |\n|---|---|---|---|\n";
  for (const auto& each : fields)
    rows += "| " + code(each.key) + " | " + std::string{each.needed} + " | " +
            std::string{each.fallback} + " | " + std::string{each.help} + " |\n";
  return rows;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_keys_of_webhooks_are_those_of_the_program) {
  check_region("docs/webhooks.md", "endpoints", keys_in(config::endpoint_fields()));
}

BOOST_AUTO_TEST_CASE(the_keys_of_quotas_are_those_of_the_program) {
  check_region("docs/quotas.md", "quotas", keys_in(config::quota_fields()));
}

BOOST_AUTO_TEST_CASE(the_keys_of_rules_of_retention_are_those_of_the_program) {
  const auto page = std::filesystem::path{GANTRY_SOURCE_DIR} / "docs/retention.md";
  std::vector<std::string> keys;
  for (const auto& row : table_below(read_text(page), "## Rules"))
    keys.push_back(code_spans(row.at(0)).at(0));
  std::ranges::sort(keys);
  BOOST_TEST(keys == retention::keys_of_rules(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_summary_is_the_table_of_the_program) {
  check_region("README.md", "options", summary());
}

BOOST_AUTO_TEST_CASE(the_reference_is_the_table_of_the_program) {
  check_region("docs/configuration.md", "settings", reference());
}

BOOST_AUTO_TEST_SUITE_END()
