// What `gantry copy` and `gantry repository` read and print.
#include "app/repository_commands.hpp"

#include "app/typed_words.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>
#include <variant>
#include <vector>

using namespace gantry;
using namespace gantry::test;
using app::repository_action;

namespace {

app::repository_command repository(std::vector<const char*> words) {
  return std::get<app::repository_command>(parse(std::move(words)));
}

} // namespace

BOOST_AUTO_TEST_SUITE(repository_commands)

BOOST_AUTO_TEST_CASE(the_command_line_says_what_to_do) {
  const auto copy = repository({"copy", "team/app:1", "prod/app", "--url", "http://x:1", "--json"});
  BOOST_TEST((copy.action == repository_action::copy));
  BOOST_TEST(copy.from == "team/app:1");
  BOOST_TEST(copy.to == "prod/app");
  BOOST_TEST(copy.where.url == "http://x:1");
  BOOST_TEST(copy.json);
  const auto removal = repository({"repository", "delete", "app", "--purge"});
  BOOST_TEST((removal.action == repository_action::remove));
  BOOST_TEST(removal.purge);
  BOOST_TEST(!repository({"repository", "delete", "app"}).purge);
  const auto renaming = repository({"repository", "rename", "app", "web"});
  BOOST_TEST((renaming.action == repository_action::rename));
  BOOST_TEST(renaming.to == "web");
}

BOOST_AUTO_TEST_CASE(answers_are_lines) {
  BOOST_TEST(app::render(repository_action::copy,
                         R"({"from":"a:1","repository":"b","tag":"2","manifests":1,"tags":3})") ==
             "copied a:1 to b:2: 1 manifest, 3 tags\n");
  BOOST_TEST(app::render(repository_action::copy,
                         R"({"from":"a@sha256:1","repository":"b","manifests":0,"tags":0})") ==
             "copied a@sha256:1 to b: 0 manifests, 0 tags\n");
  BOOST_TEST(
    app::render(repository_action::remove, R"({"repository":"b","manifests":2,"tags":1})") ==
    "deleted b: 2 manifests, 1 tag\n");
  BOOST_TEST(app::render(repository_action::rename, R"({"repository":"b","before":"a"})") ==
             "a is now called b\n");
}

BOOST_AUTO_TEST_SUITE_END()
