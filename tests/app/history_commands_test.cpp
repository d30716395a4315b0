// What `gantry tag`, `gantry removed` and `gantry purge` read and print.
#include "app/history_commands.hpp"

#include "app/typed_words.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

using namespace gantry;
using namespace gantry::test;

namespace {

app::history_command history(std::initializer_list<const char*> words) {
  return std::get<app::history_command>(parse(words));
}

std::string refusal_of(const app::history_command& command) {
  try {
    app::run(command);
    return {};
  } catch (const std::invalid_argument& wrong) {
    return wrong.what();
  }
}

const std::string hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

} // namespace

BOOST_AUTO_TEST_SUITE(history_commands)

BOOST_AUTO_TEST_CASE(the_command_line_says_what_to_show) {
  const auto command = history({"tag", "history", "team/app:1", "--url", "http://x:1", "--json"});
  BOOST_TEST((command.action == app::history_action::show));
  BOOST_TEST(command.image == "team/app:1");
  BOOST_TEST(command.where.url == "http://x:1");
  BOOST_TEST(command.json);
  BOOST_TEST(history({"tag", "history", "app"}).where.url == "http://127.0.0.1:4775");
  BOOST_TEST((history({"removed", "app"}).action == app::history_action::list_removed));
  BOOST_TEST((history({"purge", "app@sha256:1"}).action == app::history_action::purge));
}

BOOST_AUTO_TEST_CASE(the_command_line_says_what_to_undo) {
  const auto entry = history({"tag", "undo", "app", "--entry", "12"});
  BOOST_TEST((entry.action == app::history_action::undo));
  BOOST_TEST(entry.entry.value() == 12U);
  BOOST_TEST(history({"tag", "undo", "app:1", "--to", "2026-01-31T12:00:00Z"}).to ==
             "2026-01-31T12:00:00Z");
  BOOST_TEST(history({"tag", "undo", "app", "--manifest", "sha256:1"}).manifest == "sha256:1");
  for (const auto* number : {"0", "-1", "x", "1x"})
    BOOST_TEST(std::holds_alternative<app::message_command>(
                 parse({"tag", "undo", "app", "--entry", number})),
               number);
}

BOOST_AUTO_TEST_CASE(mistakes_are_errors_before_anything_is_asked) {
  BOOST_TEST(refusal_of({.image = "App"}) == "'App' does not begin with the name of a repository");
  BOOST_TEST(refusal_of({.image = "app@1"}) ==
             "'app@1' is not of the form REPOSITORY:TAG or REPOSITORY@DIGEST");
  BOOST_TEST(refusal_of({.where = {.url = "ftp://x"}, .image = "app"}) ==
             "'ftp://x' is not of the form http[s]://HOST[:PORT]");
  BOOST_TEST(refusal_of({.where = {.user = "alice"}, .image = "app"}) ==
             "--user: 'alice' is not of the form NAME:PASSWORD");
}

BOOST_AUTO_TEST_CASE(entries_are_shown_as_a_table) {
  const auto table = app::render_history(
    R"({"entries":[{"sequence":12,"change":11,"time":"2026-01-31T12:00:00.000000Z","event":"move",)"
    R"("tag":"latest","before":"sha256:)" +
    hex + R"(","after":"sha256:)" + hex + R"(","size":7,"user":"ann"},)" +
    R"({"sequence":9,"change":9,"time":"2026-01-31T11:00:00.000000Z","event":"delete","before":)" +
    R"("sha256:)" + hex + R"(","size":7}]})");
  BOOST_TEST(
    table ==
    "ENTRY  TIME                         EVENT   TAG     BEFORE        AFTER         USER\n"
    "12     2026-01-31T12:00:00.000000Z  move    latest  0123456789ab  0123456789ab  ann\n"
    "9      2026-01-31T11:00:00.000000Z  delete  -       0123456789ab  -             -\n");
}

BOOST_AUTO_TEST_CASE(deleted_manifests_are_shown_as_a_table) {
  BOOST_TEST(app::render_removed(R"({"manifests":[{"digest":"sha256:)" + hex +
                                 R"(","mediaType":"a/b","size":7,"removed":"2026"}]})") ==
             "REMOVED  DIGEST        SIZE  MEDIA TYPE\n"
             "2026     0123456789ab  7     a/b\n");
}

BOOST_AUTO_TEST_SUITE_END()
