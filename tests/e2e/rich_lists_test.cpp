// Sorted lists of repositories and tags, the search, and what counts as a pull.
#include "json_answer.hpp"
#include "policy_registry.hpp"
#include "support/registry_fixture.hpp"

#include "domain/manifest.hpp"
#include "storage/api/answer_of.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace gantry::test;

namespace {

namespace json = boost::json;
using texts = std::vector<std::string>;

constexpr std::string_view repositories_path = "/__gantry/v1/repositories";
constexpr std::string_view search_path = "/__gantry/v1/search";

std::string rich_tags_path(std::string_view repository) {
  return std::string{repositories_path} + "/" + std::string{repository} + "/tags";
}

/// The path and query of the next page; empty after the last one.
std::string next_target(const http_response& page) {
  const auto link = page.header("Link");
  return link.empty() ? "" : link.substr(1, link.find('>') - 1);
}

/// The members `name` of the rows of all pages; a bar ends each page but the last.
std::string rows_of(registry_client& client, std::string target, const header_list& who = {}) {
  std::string rows;
  while (!target.empty()) {
    const auto page = client.get(target, who);
    BOOST_REQUIRE(page.status == 200);
    for (const auto& [member, value] : object_of(page))
      if (value.is_array())
        for (const auto& row : value.as_array()) {
          const auto& shown = row.as_object();
          rows += std::string{shown.at(shown.contains("name") ? "name" : "repository").as_string()};
          rows += ' ';
        }
    target = next_target(page);
    rows += target.empty() ? "" : "| ";
  }
  return rows;
}

/// Some repositories with one, two and three tags.
struct listed_registry {
  listed_registry() {
    for (const std::string repository : {"team/one", "team/two", "three"})
      for (const std::string tag : {"1", "2", "3"})
        if (tag == "1" || (repository != "team/one" && tag == "2") || repository == "three")
          client.push_manifest(repository, tag, lone_manifest(repository + tag));
  }

  json::object only_row(const std::string& target, std::string_view member) {
    const auto page = object_of(client.get(target));
    BOOST_REQUIRE(page.at(member).as_array().size() == 1U);
    return page.at(member).as_array().front().as_object();
  }
  std::int64_t pulls_of(const std::string& repository) {
    return only_row(std::string{repositories_path} + "?name=" + repository, "repositories")
      .at("pulls")
      .as_int64();
  }

  running_registry server;
  registry_client client{server};
};

/// Puts an engine with repositories behind a registry: `hidden0` and so on.
std::unique_ptr<gantry::storage_engine>
with_hidden_repositories(std::unique_ptr<gantry::storage_engine> engine, int count) {
  const auto value =
    std::make_shared<const gantry::manifest>(gantry::manifest::accept(lone_manifest("x"), {}, {}));
  for (int i = 0; i < count; ++i) {
    const auto name = gantry::repository_name::parse("hidden" + std::to_string(i)).value();
    const auto store = engine->metadata().open(name);
    gantry::manifest_write write{.value = value};
    answer_of(*store, &gantry::repository_store::put_manifest, std::move(write)).value();
  }
  return engine;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(rich_lists, listed_registry)

BOOST_AUTO_TEST_CASE(pages_follow_each_other_in_the_wanted_order) {
  const std::string path{repositories_path};
  BOOST_TEST(rows_of(client, path) == "team/one team/two three ");
  BOOST_TEST(rows_of(client, path + "?sort=-tags&n=2") == "three team/two | team/one ");
  BOOST_TEST(rows_of(client, path + "?sort=tags&n=1") == "team/one | team/two | three ");
  BOOST_TEST(rows_of(client, rich_tags_path("three") + "?sort=-name&n=2") == "3 2 | 1 ");
}

BOOST_AUTO_TEST_CASE(the_link_keeps_what_was_asked_for) {
  const auto page =
    client.get(std::string{repositories_path} + "?contains=TEAM&sort=-tags&name=t*&n=1");
  BOOST_TEST(page.header("Link") ==
             "</__gantry/v1/repositories?last=2%20team%2Ftwo&n=1&contains=TEAM&sort=-tags&name=t*>"
             "; rel=\"next\"");
  BOOST_TEST(rows_of(client, next_target(page)) == "team/one ");
}

BOOST_AUTO_TEST_CASE(a_page_of_none_shows_whether_there_is_a_list) {
  const auto none = client.get(std::string{repositories_path} + "?n=0");
  BOOST_TEST(none.body == R"({"repositories":[]})");
  BOOST_TEST(!none.has("Link"));
  BOOST_TEST(client.get(rich_tags_path("three") + "?n=0").body ==
             R"({"repository":"three","tags":[]})");
  expect_error(client, {"GET", rich_tags_path("absent") + "?n=0"}, 404, "NAME_UNKNOWN");
}

BOOST_AUTO_TEST_CASE(a_head_has_the_fields_of_a_get) {
  for (const auto& target : {std::string{repositories_path}, rich_tags_path("three"),
                             std::string{search_path} + "?artifactType=a/b"}) {
    const auto whole = client.get(target);
    const auto head = client.head(target);
    BOOST_TEST(head.status == 200);
    BOOST_TEST(head.header("Content-Length") == std::to_string(whole.body.size()));
  }
}

BOOST_AUTO_TEST_CASE(what_no_page_has_given_begins_none) {
  const std::string path{repositories_path};
  for (const auto& target :
       {path + "?sort=tags&last=x", path + "?last=~nonsense", path + "?sort=pulls&last=~",
        path + "?n=-1", std::string{search_path} + "?digest=" + digest_of_nothing() + "&last=x"})
    expect_error(client, {"GET", target}, 400, "PAGINATION_NUMBER_INVALID");
}

BOOST_AUTO_TEST_CASE(a_search_says_what_it_could_look_for) {
  const auto refused =
    expect_error(client, {"GET", std::string{search_path} + "?n=5"}, 400, "BAD_REQUEST");
  BOOST_TEST(refused.body.find("annotation, label, digest or artifactType") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_page_of_a_search_is_bounded) {
  for (int i = 0; i < 101; ++i) {
    const index_parts parts{.annotations = {{"mark", "here"}, {"number", std::to_string(i)}}};
    client.push_manifest("found", sha256(render(parts)), render(parts));
  }
  const auto page = client.get(std::string{search_path} + "?annotation=mark=here&n=500");
  BOOST_TEST(object_of(page).at("manifests").as_array().size() == 100U);
  BOOST_TEST(page.header("Link").find("&n=100&annotation=mark=here") != std::string::npos);
  const auto rest = client.get(next_target(page));
  BOOST_TEST(object_of(rest).at("manifests").as_array().size() == 1U);
  BOOST_TEST(!rest.has("Link"));
}

BOOST_AUTO_TEST_CASE(a_get_of_a_manifest_is_a_pull) {
  const auto one = manifest_path("team/one", "1");
  client.head(one);
  client.get(manifest_path("team/one", "absent"));
  client.get(one + "?at=2199-12-31T23:59:59Z");
  BOOST_TEST(pulls_of("team/one") == 0);
  const auto digest = client.get(one).header("Docker-Content-Digest");
  client.get(manifest_path("team/one", digest));
  BOOST_TEST(client.get(one, {{"If-None-Match", '"' + digest + '"'}}).status == 304);
  BOOST_TEST(pulls_of("team/one") == 3);
  BOOST_TEST(pulls_of("team/two") == 0);
  const auto tag = only_row(rich_tags_path("team/one"), "tags");
  BOOST_TEST(tag.at("pulls").as_int64() == 3);
  BOOST_TEST(tag.contains("pulled"));
}

BOOST_AUTO_TEST_CASE(pulls_follow_a_new_name) {
  client.get(manifest_path("team/one", "1"));
  const auto renaming = rich_tags_path("team/one");
  const auto path = renaming.substr(0, renaming.rfind('/')) + "/rename?to=new/name";
  BOOST_TEST_REQUIRE(client.post(path).status == 200);
  BOOST_TEST(pulls_of("new/name") == 1);
}

BOOST_AUTO_TEST_CASE(a_reset_and_a_restore_forget_pulls) {
  const auto pull = [&] {
    for (const std::string name : {"team/one", "three"})
      client.get(manifest_path(name, "1"));
  };
  pull();
  BOOST_TEST_REQUIRE(client.post("/__parlel/snapshot").status == 201);
  BOOST_TEST_REQUIRE(client.post("/__parlel/reset?prefix=team").status == 200);
  BOOST_TEST(pulls_of("three") == 1);
  client.push_manifest("team/one", "1", lone_manifest("again"));
  BOOST_TEST(pulls_of("team/one") == 0);
  BOOST_TEST_REQUIRE(client.post("/__parlel/snapshot/1/restore").status == 200);
  BOOST_TEST(pulls_of("team/one") == 0);
  BOOST_TEST(pulls_of("three") == 0);
  pull();
  BOOST_TEST_REQUIRE(client.post("/__parlel/reset").status == 200);
  client.push_manifest("three", "1", lone_manifest("again"));
  BOOST_TEST(pulls_of("three") == 0);
}

BOOST_AUTO_TEST_CASE(lists_show_what_one_may_pull_from) {
  policy_registry guarded{"- {allow: catalog, users: [alice, bob]}\n"
                          "- {allow: pull, repositories: \"mine/*\", users: alice}\n"
                          "- {allow: pull, repositories: \"**\", users: bob}\n"};
  registry_client looking{guarded.server()};
  for (const std::string name : {"hidden", "mine/a", "mine/b"})
    push_manifest_as_root(looking, name, "1", lone_manifest("same"));
  const auto found = std::string{search_path} + "?digest=" + sha256(lone_manifest("same"));
  for (const auto& target : {std::string{repositories_path} + "?sort=-name&n=1", found + "&n=1"}) {
    BOOST_TEST(rows_of(looking, target, as("alice")).find("hidden") == std::string::npos);
    BOOST_TEST(rows_of(looking, target, as("bob")).find("hidden") != std::string::npos);
    BOOST_TEST(looking.get(target, as("carol")).status == 403);
    BOOST_TEST(looking.get(target).status == 401);
  }
  BOOST_TEST(rows_of(looking, found, as("alice")) == "mine/a mine/b ");
  BOOST_TEST(looking.get(rich_tags_path("mine/a"), as("alice")).status == 200);
  BOOST_TEST(looking.get(rich_tags_path("hidden"), as("alice")).status == 403);
}

BOOST_AUTO_TEST_CASE(a_link_hides_the_name_at_which_the_list_stopped) {
  // One page looks at 20 000.
  policy_registry large{"- {allow: catalog, users: alice}\n"
                        "- {allow: pull, repositories: [a, zz], users: alice}\n",
                        [](auto& settings) {
                          settings.around_engine = [](auto engine) {
                            return with_hidden_repositories(std::move(engine), 20'000);
                          };
                        }};
  registry_client looking{large.server()};
  for (const std::string name : {"a", "zz"})
    push_manifest_as_root(looking, name, "1", lone_manifest(name));
  http_response first;
  BOOST_REQUIRE(eventually([&] { // the index is built
    first = looking.get(repositories_path, as("alice"));
    return first.status == 200;
  }));
  const auto next = next_target(first);
  BOOST_TEST(next.find("last=~") != std::string::npos, next);
  BOOST_TEST(next.find("hidden") == std::string::npos, next);
  BOOST_TEST(rows_of(looking, std::string{repositories_path}, as("alice")) == "a | zz ");
  const auto sealed = next.substr(next.find("last="), next.find('&') - next.find("last="));
  for (const auto& target :
       {std::string{repositories_path} + "?sort=tags&" + sealed,
        std::string{repositories_path} + "?sort=-name&" + sealed, "/v2/_catalog?" + sealed}) {
    const auto refused = looking.get(target, as("alice"));
    BOOST_TEST(refused.status == 400, target);
    BOOST_TEST(refused.body.find("hidden") == std::string::npos, refused.body);
  }
}

BOOST_AUTO_TEST_SUITE_END()
