// What differs between two configurations.
#include "config/changes.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::config;

BOOST_AUTO_TEST_SUITE(changes)

BOOST_AUTO_TEST_CASE(settings_are_compared_row_by_row) {
  settings before;
  auto after = before;
  BOOST_TEST(compare(before, after).reloadable.empty());
  BOOST_TEST(compare(before, after).fixed.empty());
  after.read_only = true;
  after.folder = "/d";
  const auto found = compare(before, after);
  BOOST_REQUIRE(found.reloadable.size() == 1u);
  BOOST_TEST(found.reloadable[0]->key == "storage.maintenance.readonly.enabled");
  BOOST_REQUIRE(found.fixed.size() == 1u);
  BOOST_TEST(found.fixed[0]->key == "storage.filesystem.rootdirectory");
}

BOOST_AUTO_TEST_CASE(rules_are_compared_by_what_they_say) {
  settings before;
  auto after = before;
  BOOST_TEST(!compare(before, after).rules);
  after.retention_rules.emplace_back();
  BOOST_TEST(compare(before, after).rules);
  before.retention_rules.emplace_back().line = 7;
  BOOST_TEST(!compare(before, after).rules);
  after.retention_rules[0].keep.last_pushed = 1;
  BOOST_TEST(compare(before, after).rules);
}

BOOST_AUTO_TEST_SUITE_END()
