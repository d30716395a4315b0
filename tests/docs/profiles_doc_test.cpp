// docs/profiles.md shows the profiles.
#include "config/table.hpp"
#include "profiles/profile.hpp"

#include "docs/markdown.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <variant>

BOOST_AUTO_TEST_SUITE(profiles_doc)

using namespace gantry;
using namespace gantry::test;

namespace {

/// The setting whose default it is.
std::string setting_of(const profiles::deviation& deviation) {
  const auto* preset = std::get_if<profiles::preset>(&deviation.does);
  return preset ? " (`" + std::string{preset->key} + "=" + std::string{preset->text} + "`)" : "";
}

std::string link_of(std::string_view source) {
  if (source == "measured")
    return "measured";
  auto shown = source.substr(source.find("//") + 2);
  constexpr std::string_view hub = "github.com/";
  if (shown.starts_with(hub))
    shown.remove_prefix(hub.size());
  return "[" + std::string{shown} + "](" + std::string{source} + ")";
}

std::string tables() {
  std::string text;
  for (const auto& each : profiles::all()) {
    text += "### " + std::string{each.name} + "\n\n" + std::string{each.help} + ".\n\n";
    text += "| what it does | source |\n|---|---|\n";
    for (const auto& deviation : each.deviations)
      text += "| " + std::string{deviation.text} + setting_of(deviation) + " | " +
              link_of(deviation.source) + " |\n";
    text += "\n";
  }
  text.pop_back();
  return text;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_page_on_profiles_shows_them) {
  check_region("docs/profiles.md", "profiles", tables());
}

BOOST_AUTO_TEST_SUITE_END()
