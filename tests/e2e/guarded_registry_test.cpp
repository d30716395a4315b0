// A registry with TLS, users, a policy and logs, as an operator would run it: what the parts say
// together.
#include "e2e/log_columns.hpp"
#include "e2e/policy_registry.hpp"
#include "support/golden.hpp"
#include "support/test_certificate.hpp"
#include "support/tls_client.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry::test;

namespace {

const std::string rules_of_alice =
  "- {allow: pull, repositories: \"open/**\", anonymous: true}\n"
  "- {allow: [pull, push], repositories: \"team/**\", users: alice}\n";

/// All pull from `open`, and alice works in `team`.
struct guarded {
  temp_dir folder;
  std::filesystem::path audit = folder.path() / "audit.log";
  std::filesystem::path access = folder.path() / "access.log";
  policy_registry registry{rules_of_alice, [this](auto& settings) {
                             const auto made = make_certificate("DNS:localhost");
                             settings.tls.certificates.push_back(
                               {folder.write("server.crt", made.text).string(),
                                folder.write("server.key", made.key).string()});
                             settings.audit_file = audit.string();
                             settings.log = gantry::telemetry::log_format::json;
                             settings.log_file = access.string();
                           }};
  registry_client client{registry.server()};

  guarded() { secure(client); }

  std::string token(const header_list& who) {
    const auto body = boost::json::parse(client.get("/v2/_token?service=x", who).body);
    return boost::json::value_to<std::string>(body.at("token"));
  }
  header_list bearer(const header_list& who) { return {{"Authorization", "Bearer " + token(who)}}; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(guarded_registry, guarded)

BOOST_AUTO_TEST_CASE(a_challenge_sends_clients_to_https) {
  const auto asked = client.get("/v2/");
  BOOST_TEST(asked.header("WWW-Authenticate") ==
             "Bearer realm=\"https://" + registry.server().authority() + "/v2/_token\",service=\"" +
               registry.server().authority() + "\"");
  BOOST_TEST(client.get("/v2/", bearer(as("alice"))).status == 200);
}

BOOST_AUTO_TEST_CASE(the_audit_log_names_each_who_was_refused) {
  const auto target = uploads_path("team/app");
  BOOST_TEST(client.post(target, as("bob")).status == 403);
  BOOST_TEST(client.post(target).status == 401);
  BOOST_TEST(client.post(target, bearer(anonymous)).status == 401);
  BOOST_TEST(client.post(target, {{"Authorization", "Bearer forged"}}).status == 401);
  BOOST_TEST(client.post(target, bearer(as("alice"))).status == 202);
  registry.server().stop();
  const std::string push = "start_upload";
  BOOST_TEST(column(audit, "action") == (texts{push, push, push, push, "login", push}),
             per_element);
  BOOST_TEST(column(audit, "user") == (texts{"bob", "", "", "", "alice", "alice"}), per_element);
  BOOST_TEST(column(audit, "status") == (texts{"403", "401", "401", "401", "200", "202"}),
             per_element);
}

BOOST_AUTO_TEST_CASE(the_access_log_names_users_and_not_those_who_failed) {
  const auto target = tags_path("team/app");
  const header_list wrong{{"Authorization", "Basic " + gantry::to_base64("alice:wrong")}};
  client.get(target, as("bob"));
  client.get(target, wrong);
  client.get(target, {{"Authorization", "Bearer forged"}});
  client.get(target);
  registry.server().stop();
  BOOST_TEST(column(access, "user") == (texts{"bob", "", "", ""}), per_element);
  BOOST_TEST(column(access, "status") == (texts{"403", "401", "401", "401"}), per_element);
  BOOST_TEST(column(access, "operation") == texts(4, "list_tags"), per_element);
}

BOOST_AUTO_TEST_CASE(no_record_of_a_request_has_a_secret) {
  const auto held = token(as("alice"));
  client.post(uploads_path("team/app"), {{"Authorization", "Bearer " + held}});
  client.get(tags_path("team/app", "token=" + held + "&%70assword=hidden&n=1"), as("bob"));
  client.get("/v2/", {{"Authorization", "Basic " + gantry::to_base64("alice:hidden")}});
  auto text = client.get("/__parlel/requests", as("root")).body +
              client.get("/__parlel/requests/har", as("root")).body +
              client.get("/metrics", as("root")).body;
  registry.server().stop();
  text += read_text(audit) + read_text(access);
  BOOST_TEST(text.find("team/app/tags/list") != std::string::npos);
  for (const std::string& secret :
       {held, held.substr(0, 20), std::string{"hidden"}, gantry::to_base64("alice:alice"),
        gantry::to_base64("alice:hidden"), gantry::to_base64("bob:bob")})
    BOOST_TEST(text.find(secret) == std::string::npos, secret);
}

BOOST_AUTO_TEST_SUITE_END()
