// The identities of workloads, as passwords.
#include "e2e/issued_tokens.hpp"

#include "base/base64.hpp"

#include <string>

using namespace gantry::test;

namespace {

/// Keys at a URL, and a policy for what the identities say.
struct with_workloads {
  temp_dir folder;
  token_maker issuer{"ES256"};
  running_registry server{[this](auto& settings) {
    const auto keys = folder.write("keys.json", issuer.jwk_set()).string();
    settings.issuers = folder
                         .write("issuers.yml", R"(version: 1
issuers:
- issuer: https://ci.example
  audience: registry.example
  keys: )" + keys + R"(
  require: {sub: "repo:org/*:ref:*", environment: [release, staging]}
)")
                         .string();
    settings.policy_file = folder
                             .write("policy.yml", R"(version: 1
rules:
- allow: [pull, push]
  repositories: product/**
  claims: {repository: org/product}
- allow: pull
  repositories: "**"
  users: "https://ci.example#repo:org/other:ref:main"
)")
                             .string();
    settings.seed = "true";
  }};
  registry_client client{server};

  static json::object workload(const std::string& repository) {
    return {{"iss", "https://ci.example"},
            {"aud", "registry.example"},
            {"sub", "repo:" + repository + ":ref:main"},
            {"repository", repository},
            {"environment", "release"},
            {"exp", in_seconds(300)}};
  }
  static header_list as_password(const std::string& token, const std::string& user = "_token") {
    return {{"Authorization", "Basic " + gantry::to_base64(user + ":" + token)}};
  }
  int push(const header_list& who, const std::string& repository = "product/app") {
    return client.post(uploads_path(repository), who).status;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(workload_identities, with_workloads)

BOOST_AUTO_TEST_CASE(an_identity_is_a_password) {
  const auto token = issuer.make(workload("org/product"));
  for (const auto* const user : {"_token", "<token>", "oauth2accesstoken"})
    BOOST_TEST(push(as_password(token, user)) == 202, user);
  BOOST_TEST(push(bearer(token)) == 202);
  BOOST_TEST(push(as_password(token), "else") == 403);
  BOOST_TEST(push(as_password(token, "alice")) == 401);
  const auto other = as_password(issuer.make(workload("org/other")));
  BOOST_TEST(push(other) == 403);
  BOOST_TEST(client.get(manifest_path("library/hello-world", "latest"), other).status == 200);
}

BOOST_AUTO_TEST_CASE(it_is_exchanged_for_a_token_that_says_the_same) {
  const auto identity = as_password(issuer.make(workload("org/product")));
  const auto reply =
    client.get("/v2/_token?scope=repository:product/app:pull,push&offline_token=true", identity);
  BOOST_REQUIRE(reply.status == 200);
  const auto said = json::parse(reply.body).as_object();
  BOOST_TEST(!said.contains("refresh_token")); // an identity is new for each job
  const auto token = json::value_to<std::string>(said.at("token"));
  BOOST_TEST(push(bearer(token)) == 202);
  BOOST_TEST(push(bearer(token), "product/else") == 401);
}

BOOST_AUTO_TEST_CASE(what_is_required_must_be_said) {
  const auto good = workload("org/product");
  BOOST_TEST(push(as_password(issuer.make(changed(good, "environment", "staging")))) == 202);
  BOOST_TEST(push(as_password(issuer.make(changed(good, "environment", "test")))) == 401);
  BOOST_TEST(push(as_password(issuer.make(changed(good, "environment", nullptr)))) == 401);
  BOOST_TEST(push(as_password(issuer.make(changed(good, "sub", "repo:evil/x:ref:main")))) == 401);
  BOOST_TEST(push(as_password(issuer.make(changed(good, "sub", "x\nrepo:org/x:ref:main")))) == 401);
  BOOST_TEST(push(as_password(issuer.make(changed(good, "aud", "other.example")))) == 401);
  BOOST_TEST(push(as_password(issuer.make(changed(good, "exp", in_seconds(-90))))) == 401);
  const token_maker attacker{"ES256"};
  BOOST_TEST(push(as_password(attacker.make(good))) == 401);
}

BOOST_AUTO_TEST_CASE(an_identity_is_no_user_of_the_same_name) {
  // Only with its issuer's name before it.
  const auto claims = workload("org/other");
  folder.write("policy.yml",
               "version: 1\nrules:\n- {allow: \"*\", users: \"repo:org/other:ref:main\"}\n");
  BOOST_TEST(push(as_password(issuer.make(claims)), "else") == 403);
}

BOOST_AUTO_TEST_SUITE_END()
