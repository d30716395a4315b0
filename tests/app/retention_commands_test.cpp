// What `gantry retention` asks and prints.
#include "app/retention_commands.hpp"

#include "app/typed_words.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <variant>

using namespace gantry;
using namespace gantry::test;

BOOST_AUTO_TEST_SUITE(retention_commands)

BOOST_AUTO_TEST_CASE(the_command_line_says_what_to_do) {
  const auto plan = std::get<app::retention_command>(parse({"retention", "plan", "--json"}));
  BOOST_CHECK(plan.action == app::retention_action::plan);
  BOOST_TEST(plan.json);
  const auto apply =
    std::get<app::retention_command>(parse({"retention", "apply", "1-a", "--url", "http://x:1"}));
  BOOST_CHECK(apply.action == app::retention_action::apply);
  BOOST_TEST(apply.id == "1-a");
  BOOST_TEST(apply.where.url == "http://x:1");
  const auto undo = std::get<app::retention_command>(parse({"retention", "undo", "2-b"}));
  BOOST_CHECK(undo.action == app::retention_action::undo);
  BOOST_TEST(undo.id == "2-b");
}

BOOST_AUTO_TEST_CASE(an_id_is_checked_before_anything_is_asked) {
  for (const auto* id : {"", "1&run=2", "latest", "1-A"})
    for (const auto action : {app::retention_action::apply, app::retention_action::undo})
      BOOST_CHECK_THROW(app::run({.action = action, .id = id}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_plan_is_shown_with_its_rules_and_what_applies_it) {
  const auto table = app::render(
    app::retention_action::plan,
    R"({"plan":"176-9f","made":"2026-01-31T12:00:00.000Z","tags":3,"repositories":[)"
    R"({"name":"base","tags":[{"name":"v1","digest":"sha256:0123456789abcdef","rule":1}]},)"
    R"({"name":"team/app","tags":[)"
    R"({"name":"nightly-1","digest":"sha256:1123456789abcdef","rule":0,"rule_name":"nightly"},)"
    R"({"name":"nightly-2","digest":"sha256:2123456789abcdef","rule":0,"rule_name":"nightly"}]}],)"
    R"("truncated":false})");
  BOOST_TEST(table == "REPOSITORY  TAG        DIGEST        RULE\n"
                      "base        v1         0123456789ab  1\n"
                      "team/app    nightly-1  1123456789ab  nightly\n"
                      "team/app    nightly-2  2123456789ab  nightly\n"
                      "3 tags; to remove them: gantry retention apply 176-9f\n");
}

BOOST_AUTO_TEST_CASE(a_plan_says_how_many_tags_it_does_not_list) {
  const auto table = app::render(
    app::retention_action::plan,
    R"({"plan":"176-9f","made":"2026-01-31T12:00:00.000Z","tags":9,"repositories":[)"
    R"({"name":"base","tags":[{"name":"v1","digest":"sha256:0123456789abcdef","rule":1}]}],)"
    R"("truncated":true})");
  BOOST_TEST(table.ends_with("\nand 8 more tags\n"
                             "9 tags; to remove them: gantry retention apply 176-9f\n"),
             table);
}

BOOST_AUTO_TEST_CASE(an_empty_plan_is_a_sentence) {
  BOOST_TEST(app::render(app::retention_action::plan,
                         R"({"plan":"176-9f","made":"2026-01-31T12:00:00.000Z","tags":0,)"
                         R"("repositories":[],"truncated":false})") == "no tag goes\n");
}

BOOST_AUTO_TEST_CASE(a_run_is_shown_with_what_takes_it_back) {
  BOOST_TEST(app::render(app::retention_action::apply,
                         R"({"run":"17-9f","tags":12,"manifests":1,"repositories":[)"
                         R"({"name":"team/app","change":18,"tags":12,"manifests":1}]})") ==
             "REPOSITORY  CHANGE  TAGS  MANIFESTS  REFUSED\n"
             "team/app    18      12    1          -\n"
             "removed 12 tags and 1 manifest; to bring them back: gantry retention undo 17-9f\n");
  BOOST_TEST(app::render(app::retention_action::apply,
                         R"({"run":"17-9f","tags":0,"manifests":0,"repositories":[]})") ==
             "no tag went\n");
}

BOOST_AUTO_TEST_CASE(an_undo_is_shown_by_repository) {
  BOOST_TEST(
    app::render(
      app::retention_action::undo,
      R"({"run":"17-9f","repositories":[{"name":"team/app","change":18,"entries":19}]})") ==
    "REPOSITORY  CHANGE  ENTRIES  REFUSED\nteam/app    18      19       -\n");
}

BOOST_AUTO_TEST_SUITE_END()
