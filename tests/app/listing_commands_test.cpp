// What `gantry repository list`, `gantry tag list` and `gantry search` ask and print.
#include "app/listing_commands.hpp"

#include "app/completion.hpp"
#include "app/typed_words.hpp"
#include "listing/query.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace gantry;
using namespace gantry::test;

namespace {

app::listing_command listing_of(std::vector<const char*> words) {
  return std::get<app::listing_command>(parse(std::move(words)));
}

app::search_command search_of(std::vector<const char*> words) {
  return std::get<app::search_command>(parse(std::move(words)));
}

std::string list_target(std::vector<const char*> words) {
  return app::target_of(listing_of(std::move(words)));
}

std::string search_target(std::vector<const char*> words) {
  return app::target_of(search_of(std::move(words)));
}

/// The columns that the help of a command names.
std::vector<std::string> columns_of(const std::string& path) {
  const auto all = app::describe_commands();
  const auto command = std::ranges::find(all, path, &app::described_command::path);
  BOOST_REQUIRE((command != all.end()));
  const auto sort = std::ranges::find(command->options, "--sort", &app::described_option::name);
  BOOST_REQUIRE((sort != command->options.end()));
  return app::choices_in(sort->type);
}

/// The registry knows each of the columns, in this order, and no other.
template <class Read, class Order>
void check_columns(const std::vector<std::string>& columns, Read read, Order last) {
  BOOST_TEST(columns.size() == static_cast<std::size_t>(last) + 1);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    BOOST_REQUIRE_MESSAGE(read(columns[i]), columns[i]);
    BOOST_TEST((read(columns[i])->by == static_cast<Order>(i)), columns[i]);
    BOOST_TEST(read("-" + columns[i])->descending, columns[i]);
  }
}

const std::string some_digest =
  "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

} // namespace

BOOST_AUTO_TEST_SUITE(listing_commands)

BOOST_AUTO_TEST_CASE(the_command_line_says_what_to_list) {
  const auto tags = listing_of({"tag", "list", "team/app", "v*", "--url", "http://x:1", "--json"});
  BOOST_TEST((tags.kind == app::listing_kind::tags));
  BOOST_TEST(tags.repository == "team/app");
  BOOST_TEST(tags.pattern == "v*");
  BOOST_TEST(tags.where.url == "http://x:1");
  BOOST_TEST(tags.json);
  const auto repositories = listing_of({"repository", "list", "team/*", "--limit", "7"});
  BOOST_TEST((repositories.kind == app::listing_kind::repositories));
  BOOST_TEST(repositories.pattern == "team/*");
  BOOST_TEST(repositories.limit.value() == 7U);
  BOOST_TEST(!listing_of({"repository", "list"}).limit);
}

BOOST_AUTO_TEST_CASE(a_minus_before_a_column_is_not_an_option) {
  for (const auto& words : {std::vector<const char*>{"--sort", "-pushed"}, {"--sort=-pushed"}}) {
    std::vector<const char*> all{"repository", "list"};
    all.insert(all.end(), words.begin(), words.end());
    all.push_back("--json");
    const auto command = listing_of(all);
    BOOST_TEST(command.sort == "-pushed");
    BOOST_TEST(command.json);
  }
}

BOOST_AUTO_TEST_CASE(columns_are_those_of_the_registry) {
  check_columns(columns_of("repository list"), listing::read_repository_sorting,
                listing::repository_order::pulls);
  check_columns(columns_of("tag list"), listing::read_tag_sorting, listing::tag_order::referrers);
}

BOOST_AUTO_TEST_CASE(only_what_is_given_is_asked_for) {
  BOOST_TEST(list_target({"repository", "list"}) == "/__gantry/v1/repositories");
  BOOST_TEST(list_target({"tag", "list", "team/app"}) == "/__gantry/v1/repositories/team/app/tags");
  BOOST_TEST(list_target({"tag", "list", "app", "v*", "--contains", "a b", "--sort", "-size"}) ==
             "/__gantry/v1/repositories/app/tags?name=v%2A&contains=a%20b&sort=-size");
  BOOST_TEST(search_target({"search", "--annotation", "a=b&c", "--annotation", "d", "--label",
                            "x=\xc3\xa9", "--artifact-type", "a/b+c"}) ==
             "/__gantry/v1/search?annotation=a%3Db%26c&annotation=d&label=x%3D%C3%A9"
             "&artifactType=a%2Fb%2Bc");
  BOOST_TEST(search_target({"search", "--digest", "sha256:1"}) ==
             "/__gantry/v1/search?digest=sha256%3A1");
}

BOOST_AUTO_TEST_CASE(a_limit_is_the_size_of_a_page_up_to_a_thousand) {
  BOOST_TEST(list_target({"repository", "list", "--limit", "7"}) ==
             "/__gantry/v1/repositories?n=7");
  BOOST_TEST(list_target({"repository", "list", "--limit", "1001"}) ==
             "/__gantry/v1/repositories?n=1000");
  BOOST_TEST(search_target({"search", "--label", "a", "--limit", "5"}) ==
             "/__gantry/v1/search?label=a&n=5");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_asked_is_an_error) {
  BOOST_CHECK_THROW(list_target({"tag", "list", "team/app:1"}), std::invalid_argument);
  BOOST_CHECK_THROW(list_target({"tag", "list", "App"}), std::invalid_argument);
  BOOST_CHECK_THROW(search_target({"search"}), std::invalid_argument);
  BOOST_CHECK_THROW(search_target({"search", "--limit", "5"}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(repositories_are_shown_as_a_table) {
  const auto table = app::render_repositories(
    R"({"repositories":[{"name":"team/app","tags":2,"manifests":3,"own_bytes":1536,)"
    R"("shared_bytes":7,"pushed":"2026-01-31T12:00:00.123456Z",)"
    R"("pulled":"2026-02-01T00:00:00.000000Z","pulls":12},)"
    R"({"name":"old","tags":0,"manifests":1,"own_bytes":0,"shared_bytes":5242880,"pulls":0}]})");
  BOOST_TEST(
    table ==
    "NAME      TAGS  MANIFESTS  OWN      SHARED   PUSHED                PULLED              "
    "  PULLS\n"
    "team/app  2     3          1.5 KiB  7 B      2026-01-31T12:00:00Z  "
    "2026-02-01T00:00:00Z  12\n"
    "old       0     1          0 B      5.0 MiB  -                     -                   "
    "  0\n");
}

BOOST_AUTO_TEST_CASE(tags_are_shown_as_a_table) {
  const auto table = app::render_tags(
    R"({"repository":"app","tags":[{"name":"v1","digest":")" + some_digest +
    R"(","mediaType":"a/b","size":2048,"platforms":["linux/amd64","linux/arm64"],)"
    R"("pushed":"2026-01-31T12:00:00.123456Z","pushed_by":"ann",)"
    R"("pulled":"2026-02-01T00:00:00.000000Z","pulls":1,"referrers":{"a/sbom":2,"a/sig":3}},)"
    R"({"name":"v2","digest":")" +
    some_digest +
    R"(","mediaType":"a/b","size":1,"platforms":[],"pushed":"2026-01-31T12:00:00Z","pulls":0,)"
    R"("referrers":{}}]})");
  BOOST_TEST(table ==
             "NAME  DIGEST        SIZE     PLATFORMS                PUSHED                BY   "
             "PULLED                PULLS  REFERRERS\n"
             "v1    0123456789ab  2.0 KiB  linux/amd64,linux/arm64  2026-01-31T12:00:00Z  ann  "
             "2026-02-01T00:00:00Z  1      5\n"
             "v2    0123456789ab  1 B      -                        2026-01-31T12:00:00Z  -    "
             "-                     0      0\n");
}

BOOST_AUTO_TEST_CASE(found_manifests_are_shown_as_a_table) {
  const auto table = app::render_found(
    R"({"manifests":[{"repository":"team/app","digest":")" + some_digest +
    R"(","mediaType":"a/b","artifactType":"a/sbom","size":3,"platforms":[],"tags":[]},)"
    R"({"repository":"app","digest":")" +
    some_digest +
    R"(","mediaType":"a/b","size":4,"platforms":[],"tags":["1","2","3","4","5","6","7","8","9",)"
    R"("a","b"]}]})");
  BOOST_TEST(table == "REPOSITORY  TAGS                     DIGEST        TYPE    SIZE\n"
                      "team/app    -                        0123456789ab  a/sbom  3 B\n"
                      "app         1,2,3,4,5,6,7,8,9,a,...  0123456789ab  -       4 B\n");
}

BOOST_AUTO_TEST_CASE(controls_of_clients_do_not_reach_the_terminal) {
  const auto table = app::render_found(
    R"({"manifests":[{"repository":"app","digest":")" + some_digest +
    R"(","mediaType":"a/b","artifactType":"a\u001b[2J\n","size":3,"platforms":[],"tags":["1"]}]})");
  BOOST_TEST(table == "REPOSITORY  TAGS  DIGEST        TYPE    SIZE\n"
                      "app         1     0123456789ab  a?[2J?  3 B\n");
}

BOOST_AUTO_TEST_SUITE_END()
