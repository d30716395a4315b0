#include "profiles/profile.hpp"

#include "config/draft.hpp"
#include "config/table.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <variant>

BOOST_AUTO_TEST_SUITE(profile)

using namespace gantry;

BOOST_AUTO_TEST_CASE(each_name_has_a_profile) {
  for (const auto name : profiles::names) {
    BOOST_TEST_REQUIRE(profiles::find(name) != nullptr);
    BOOST_TEST(profiles::find(name)->name == name);
  }
  BOOST_TEST(profiles::find("quay") == nullptr);
  BOOST_TEST(profiles::find("") == nullptr);
}

BOOST_AUTO_TEST_CASE(each_deviation_has_a_text_and_a_source) {
  for (const auto& each : profiles::all()) {
    BOOST_TEST(!each.deviations.empty());
    std::set<std::string_view> texts;
    for (const auto& deviation : each.deviations) {
      BOOST_TEST(texts.insert(deviation.text).second, each.name << ": " << deviation.text);
      BOOST_TEST((deviation.source == "measured" || deviation.source.starts_with("https://")),
                 each.name << ": " << deviation.source);
    }
  }
}

BOOST_AUTO_TEST_CASE(each_preset_is_a_valid_setting) {
  for (const auto name : profiles::names) {
    config::draft draft;
    draft.set(*config::find_key("gantry.profile.name"), name, config::source::command_line);
    BOOST_CHECK_NO_THROW(draft.finish());
  }
}

BOOST_AUTO_TEST_CASE(a_preset_is_a_default) {
  const auto* name = config::find_key("gantry.profile.name");
  const auto* deletes = config::find_key("storage.delete.enabled");
  config::draft imitating;
  imitating.set(*name, "ghcr", config::source::command_line);
  const auto ghcr = imitating.finish().chosen;
  BOOST_TEST(!ghcr->allow_delete);
  BOOST_TEST(!ghcr->referrers);
  config::draft overriding;
  overriding.set(*deletes, "true", config::source::environment);
  overriding.set(*name, "ghcr", config::source::environment);
  const auto chosen = overriding.finish().chosen;
  BOOST_TEST(chosen->allow_delete);
  BOOST_TEST(!chosen->referrers);
}

BOOST_AUTO_TEST_CASE(the_leading_components_of_a_name) {
  BOOST_TEST(profiles::leading("a/b/c", 1) == "a");
  BOOST_TEST(profiles::leading("a/b/c", 2) == "a/b");
  BOOST_TEST(profiles::leading("a/b/c", 3) == "");
  BOOST_TEST(profiles::leading("a", 1) == "");
  BOOST_TEST(profiles::leading("a/b", 0) == "a/b");
}

BOOST_AUTO_TEST_SUITE_END()
