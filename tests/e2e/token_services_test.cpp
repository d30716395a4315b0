// What is configured of a service of others.
#include "e2e/issued_tokens.hpp"

#include <string>

using namespace gantry::test;

BOOST_AUTO_TEST_SUITE(token_services)

BOOST_AUTO_TEST_CASE(the_service_may_be_behind_the_same_host) {
  const temp_dir folder;
  const token_maker issuer;
  running_registry server{[&](auto& settings) {
    trust_service(settings, folder.write("keys.json", issuer.jwk_set()).string());
    settings.token_service.is_at_host = true;
    settings.token_service.path = "/auth/token";
  }};
  registry_client client{server};
  BOOST_TEST(client.get("/v2/").header("WWW-Authenticate") ==
             "Bearer realm=\"http://" + server.authority() +
               "/auth/token\",service=\"registry.example\"");
}

BOOST_AUTO_TEST_CASE(certificates_may_be_the_keys) {
  const temp_dir folder;
  const token_maker issuer{"RS256", ""};
  running_registry server{[&](auto& settings) {
    settings.token_issuer = {
      .name = issuer_name, .audiences = {service_name}, .grants_access = true};
    settings.token_issuer.keys.bundles = {
      folder.write("keys.pem", issuer.key().public_pem()).string()};
  }};
  registry_client client{server};
  const auto token = issuer.make(claims_of("alice", {}), {{"kid", nullptr}});
  BOOST_TEST(client.get("/v2/", bearer(token)).status == 200);
}

BOOST_AUTO_TEST_CASE(only_the_chosen_algorithms_count) {
  const temp_dir folder;
  const token_maker first{"ES256", "first"};
  const token_maker second{"RS256", "second"};
  running_registry server{[&](auto& settings) {
    settings.token_issuer = {
      .name = issuer_name, .audiences = {service_name}, .grants_access = true};
    settings.token_issuer.algorithms = {gantry::jose::algorithm::es256};
    settings.token_issuer.keys.jwk_sets = {
      folder.write("keys.json", jwk_set_of({first.jwk(), second.jwk()})).string()};
  }};
  registry_client client{server};
  BOOST_TEST(client.get("/v2/", bearer(first.make(claims_of("alice", {})))).status == 200);
  BOOST_TEST(client.get("/v2/", bearer(second.make(claims_of("alice", {})))).status == 401);
}

BOOST_AUTO_TEST_SUITE_END()
