// Who may do what, as clients meet it.
#include "policy_registry.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <set>
#include <string>
#include <vector>

using namespace gantry::test;

namespace {

/// All pull from `open`, alice works in `team`, bob only pushes `ci/app`, carol cleans up there.
const std::string usual_rules = "- {allow: pull, repositories: \"open/**\", anonymous: true}\n"
                                "- {allow: [pull, push], repositories: \"team/**\", users: alice}\n"
                                "- {allow: push, repositories: ci/app, users: bob}\n"
                                "- {allow: delete, repositories: ci/app, users: carol}\n"
                                "- {deny: push, repositories: team/frozen, users: \"*\"}\n";

struct usual {
  policy_registry registry{usual_rules};
  registry_client client{registry.server()};

  usual() {
    push_manifest_as_root(client, "open/app", "1", lone_manifest("open"));
    push_manifest_as_root(client, "team/app", "1", lone_manifest("team"));
    push_manifest_as_root(client, "ci/app", "1", lone_manifest("ci"));
  }

  int head(const std::string& repository, const header_list& who) {
    return client.head(manifest_path(repository, "1"), who).status;
  }
  int start_upload(const std::string& repository, const header_list& who) {
    return client.post(uploads_path(repository), who).status;
  }
  std::string token(const header_list& who) {
    const auto reply = client.get("/v2/_token?service=x", who);
    BOOST_REQUIRE(reply.status == 200);
    BOOST_TEST(reply.header("Cache-Control") == "no-store");
    const auto body = boost::json::parse(reply.body);
    BOOST_TEST(body.at("token").as_string() == body.at("access_token").as_string());
    return boost::json::value_to<std::string>(body.at("token"));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(policy, usual)

// case 24
BOOST_AUTO_TEST_CASE(each_does_what_the_rules_allow_and_no_more) {
  BOOST_TEST(head("open/app", anonymous) == 200);
  BOOST_TEST(head("open/app", as("bob")) == 200);
  BOOST_TEST(head("team/app", anonymous) == 401);
  BOOST_TEST(head("team/app", as("alice")) == 200);
  BOOST_TEST(head("team/app", as("bob")) == 403);
  BOOST_TEST(start_upload("team/new", as("alice")) == 202);
  BOOST_TEST(start_upload("team/frozen", as("alice")) == 403);
  BOOST_TEST(start_upload("team", as("alice")) == 403);
  BOOST_TEST(start_upload("open/app", as("alice")) == 403);
  BOOST_TEST(start_upload("open/app", anonymous) == 401);
  BOOST_TEST(start_upload("ci/app", as("bob")) == 202);
  BOOST_TEST(head("ci/app", as("bob")) == 403);
}

// case 21
BOOST_AUTO_TEST_CASE(a_refusal_says_what_is_missing) {
  const auto refused = client.get(manifest_path("team/app", "1"), as("bob"));
  check_error(refused, 403, "DENIED");
  BOOST_TEST(refused.body.find("pull in team/app") != std::string::npos);
  BOOST_TEST(!refused.has("WWW-Authenticate"));
  const auto asked = client.get(manifest_path("team/app", "1"));
  check_error(asked, 401, "UNAUTHORIZED");
  BOOST_TEST(asked.header("WWW-Authenticate") ==
             "Bearer realm=\"http://" + registry.server().authority() + "/v2/_token\",service=\"" +
               registry.server().authority() + "\",scope=\"repository:team/app:pull\"");
}

// case 24: zot GHSA-qg67
BOOST_AUTO_TEST_CASE(to_delete_is_a_right_of_its_own) {
  const auto target = manifest_path("ci/app", sha256(lone_manifest("ci")));
  BOOST_TEST(client.erase(target, as("bob")).status == 403);
  BOOST_TEST(client.erase(manifest_path("team/app", "1"), as("alice")).status == 403);
  BOOST_TEST(client.erase(blob_path("team/app", digest_of_nothing()), as("alice")).status == 403);
  BOOST_TEST(client.get(target, as("root")).status == 200);
  BOOST_TEST(client.erase(target, as("carol")).status == 202);
  BOOST_TEST(start_upload("ci/app", as("carol")) == 403);
}

BOOST_AUTO_TEST_CASE(who_may_push_may_finish_ask_and_cancel) {
  const auto location = client.post(uploads_path("ci/app"), as("bob")).header("Location");
  BOOST_TEST(client.patch(location, as("bob"), "abc").status == 202);
  BOOST_TEST(client.get(location, as("bob")).status == 204);
  BOOST_TEST(client.get(location, as("carol")).status == 403);
  BOOST_TEST(client.get(location).status == 401);
  BOOST_TEST(client.erase(location, as("carol")).status == 403);
  BOOST_TEST(client.erase(location, as("bob")).status == 204);
}

BOOST_AUTO_TEST_CASE(a_tag_is_moved_by_pushing) {
  const auto fields = with(as("bob"), {{"Content-Type", types::index}});
  BOOST_TEST(client.put(manifest_path("ci/app", "1"), fields, lone_manifest("x")).status == 201);
}

BOOST_AUTO_TEST_CASE(a_wrong_password_is_never_anonymous) {
  const header_list wrong{{"Authorization", "Basic " + gantry::to_base64("alice:wrong")}};
  const header_list unknown{{"Authorization", "Basic " + gantry::to_base64("eve:x")}};
  for (const auto& who : {wrong, unknown, bearer("x"), header_list{{"Authorization", "Basic x"}},
                          header_list{{"Authorization", "Negotiate x"}}}) {
    BOOST_TEST(head("open/app", who) == 401);
    BOOST_TEST(client.get("/v2/_token", who).status == 401);
  }
}

// case 20
BOOST_AUTO_TEST_CASE(the_base_asks_for_a_login_even_if_anonymous_clients_may_pull) {
  const auto asked = client.get("/v2/");
  BOOST_TEST(asked.status == 401);
  BOOST_TEST(asked.header("WWW-Authenticate").starts_with("Bearer realm=\"http://"));
  BOOST_TEST(client.get("/v2/", as("bob")).status == 200);
  const header_list empty{{"Authorization", "Basic " + gantry::to_base64(":")}};
  BOOST_TEST(client.get("/v2/", empty).status == 200);
  BOOST_TEST(head("open/app", empty) == 200);
  BOOST_TEST(head("team/app", empty) == 401);
}

BOOST_AUTO_TEST_CASE(a_token_says_who_a_client_is) {
  const auto stranger = bearer(token(anonymous));
  BOOST_TEST(client.get("/v2/", stranger).status == 200);
  BOOST_TEST(head("open/app", stranger) == 200);
  const auto refused = client.get(manifest_path("team/app", "1"), stranger);
  BOOST_TEST(refused.status == 401);
  BOOST_TEST(refused.header("WWW-Authenticate").ends_with(",error=\"insufficient_scope\""));
  const auto alice = bearer(token(as("alice")));
  BOOST_TEST(head("team/app", alice) == 200);
  BOOST_TEST(start_upload("ci/app", alice) == 403);
  const auto invalid = client.get("/v2/", bearer("bm8="));
  BOOST_TEST(invalid.header("WWW-Authenticate").ends_with(",error=\"invalid_token\""));
}

BOOST_AUTO_TEST_CASE(a_token_does_not_buy_its_successor) {
  for (const auto& who : {as("alice"), anonymous}) {
    const auto refused = client.get("/v2/_token", bearer(token(who)));
    check_error(refused, 401, "UNAUTHORIZED");
    BOOST_TEST(refused.header("WWW-Authenticate").starts_with("Basic "));
  }
}

BOOST_AUTO_TEST_CASE(the_token_of_an_anonymous_client_ends_with_its_rights) {
  const auto stranger = bearer(token(anonymous));
  registry.set_rules("");
  while (head("open/app", stranger) == 200) // the file is looked at once per second
    continue;
  BOOST_TEST(client.get("/v2/", stranger).status == 401);
  BOOST_TEST(client.get("/v2/_token").status == 401);
  BOOST_TEST(client.get("/v2/").header("WWW-Authenticate").starts_with("Basic "));
}

BOOST_AUTO_TEST_CASE(a_mount_challenge_names_both_repositories) {
  const auto target = uploads_path("team/x") + "?mount=" + digest_of_nothing() + "&from=team/app";
  BOOST_TEST(client.post(target)
               .header("WWW-Authenticate")
               .ends_with(",scope=\"repository:team/x:pull,push repository:team/app:pull\""));
}

BOOST_AUTO_TEST_CASE(the_registry_as_a_whole_is_for_administrators) {
  struct row {
    const char* method;
    const char* target;
  };
  for (const auto& [method, target] : {row{"GET", "/v2/_catalog"},
                                       {"GET", "/__parlel/repositories"},
                                       {"GET", "/__parlel/requests"},
                                       {"POST", "/__parlel/reset"},
                                       {"POST", "/__gantry/gc"},
                                       {"GET", "/__gantry/gc"},
                                       {"GET", "/__gantry/status"},
                                       {"GET", "/metrics"},
                                       {"GET", "/__parlel/faults"},
                                       {"POST", "/mcp"},
                                       {"POST", "/__parlel/snapshot"},
                                       {"GET", "/__parlel/clock"}}) {
    BOOST_TEST(client.request(method, target).status == 401, target);
    BOOST_TEST(client.request(method, target, as("alice")).status == 403, target);
  }
  BOOST_TEST(client.get("/__gantry/gc", as("root")).status == 200);
  for (const auto* target : {"/", "/livez", "/health", "/readyz"})
    BOOST_TEST(client.get(target).status == 200, target);
  BOOST_TEST(client.request("OPTIONS", manifest_path("team/app", "1")).status == 204);
}

BOOST_AUTO_TEST_CASE(who_may_read_metrics_reads_nothing_else) {
  registry.set_rules("- {allow: metrics, users: bob}\n");
  BOOST_TEST(eventually([&] { return client.get("/metrics", as("bob")).status == 200; }));
  BOOST_TEST(client.get("/metrics", as("alice")).status == 403);
  BOOST_TEST(client.get("/__gantry/status", as("bob")).status == 403);
  BOOST_TEST(client.get("/__gantry/status", as("root")).status == 200);
}

BOOST_AUTO_TEST_CASE(a_refused_body_is_not_read) {
  client.send_head("PUT", manifest_path("team/app", "2"),
                   with(as("bob"), {{"Content-Length", "1000"}, {"Expect", "100-continue"}}));
  const auto refused = client.receive();
  BOOST_TEST(refused.status == 403);
  BOOST_TEST(refused.closes());
}

BOOST_AUTO_TEST_CASE(blobs_are_private) {
  const auto id = push_blob_as_root(client, "open/app", "x");
  BOOST_TEST(client.get(blob_path("open/app", id)).header("Cache-Control").starts_with("private,"));
}

BOOST_AUTO_TEST_CASE(a_changed_file_counts_and_a_broken_one_does_not) {
  registry.set_rules("- {allow: pull, repositories: \"**\", users: bob}\n");
  while (head("team/app", as("bob")) == 403)
    continue;
  BOOST_TEST(head("open/app", anonymous) == 401);
  registry.set_file("version: 1\nrules: [{alow: pull}]\n");
  BOOST_TEST(head("team/app", as("bob")) == 200);
  BOOST_TEST(head("team/app", as("alice")) == 403);
}

BOOST_AUTO_TEST_CASE(without_users_all_are_anonymous_and_a_login_is_of_no_use) {
  const temp_dir folder;
  running_registry server{[&](auto& settings) {
    settings.policy_file =
      folder
        .write("p.yml", "version: 1\nrules: [{allow: pull, repositories: \"**\", "
                        "anonymous: true}]\n")
        .string();
  }};
  registry_client open{server};
  BOOST_TEST(open.get("/v2/").status == 200);
  BOOST_TEST(open.get(tags_path("a")).status == 404);
  check_error(open.post(uploads_path("a")), 403, "DENIED");
  BOOST_TEST(open.post(uploads_path("a"), as("root")).status == 403);
  BOOST_TEST(open.get("/v2/_token").status == 404);
}

BOOST_AUTO_TEST_CASE(a_broken_file_is_refused_at_the_start) {
  const temp_dir folder;
  const auto file = folder.write("p.yml", "version: 1\n").string();
  BOOST_CHECK_EXCEPTION(
    (running_registry{[&](auto& settings) { settings.policy_file = file; }}), std::runtime_error,
    [&](const std::runtime_error& why) {
      return why.what() == "--policy " + file +
                             ": line 1, column 1: the rules are missing: write 'rules:', with [] "
                             "to deny all";
    });
}

BOOST_AUTO_TEST_SUITE_END()
