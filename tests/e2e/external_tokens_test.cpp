// Tokens of a service of others, in docker-registry's format.
#include "e2e/issued_tokens.hpp"

#include "base/base64url.hpp"

#include <string>
#include <thread>

using namespace gantry::test;

namespace {

const json::array pulls{grant("library/hello-world", {"pull"})};

struct with_service {
  temp_dir folder;
  token_maker issuer{"RS256"};
  token_maker attacker{"RS256"};
  running_registry server{[this](auto& settings) {
    trust_service(settings, folder.write("keys.json", issuer.jwk_set()).string());
    settings.seed = "true";
  }};
  registry_client client{server};

  int pull(const std::string& token, const std::string& repository = "library/hello-world") {
    return client.get(manifest_path(repository, "latest"), bearer(token)).status;
  }
  int pull(const json::object& claims) { return pull(issuer.make(claims)); }
  int push(const std::string& token, const std::string& repository) {
    return client.post(uploads_path(repository), bearer(token)).status;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(external_tokens, with_service)

BOOST_AUTO_TEST_CASE(the_challenge_sends_clients_to_the_service) {
  const auto asked = client.get(manifest_path("a", "1"));
  BOOST_TEST(asked.status == 401);
  BOOST_TEST(asked.header("WWW-Authenticate") ==
             "Bearer realm=\"https://auth.example/token\",service=\"registry.example\","
             "scope=\"repository:a:pull\"");
}

BOOST_AUTO_TEST_CASE(a_token_allows_what_its_access_says) {
  const auto token = issuer.make(
    claims_of("alice", {grant("library/hello-world", {"pull"}), grant("a", {"pull", "push"})}));
  BOOST_TEST(client.get("/v2/", bearer(token)).status == 200);
  BOOST_TEST(pull(token) == 200);
  BOOST_TEST(pull(token) == 200); // from the cache
  BOOST_TEST(push(token, "a") == 202);
  BOOST_TEST(push(token, "library/hello-world") == 401);
  BOOST_TEST(push(token, "a/b") == 401);
  // A right to push is none to delete.
  const auto refused = client.erase(manifest_path("a", "1"), bearer(token));
  BOOST_TEST(refused.status == 401);
  BOOST_TEST(refused.header("WWW-Authenticate").ends_with("\"insufficient_scope\""));
  BOOST_TEST(client.get("/v2/_catalog", bearer(token)).status == 401);
  BOOST_TEST(client.post("/__gantry/gc", bearer(token)).status == 401);
  BOOST_TEST(client.post("/__parlel/reset", bearer(token)).status == 401);
}

BOOST_AUTO_TEST_CASE(a_star_is_all_actions_and_never_a_pattern) {
  const auto star = issuer.make(claims_of("alice", {grant("a", {"*"})}));
  BOOST_TEST(push(star, "a") == 202);
  BOOST_TEST(client.erase(manifest_path("a", "1"), bearer(star)).status == 404);
  for (const std::string name : {"**", "*", "library/*", "library/**"})
    BOOST_TEST(pull(claims_of("alice", {grant(name, {"*"})})) == 401, name);
}

BOOST_AUTO_TEST_CASE(an_anonymous_clients_token_counts_as_well) {
  BOOST_TEST(pull(claims_of("", pulls)) == 200);
  BOOST_TEST(client.get(manifest_path("library/hello-world", "latest")).status == 401);
}

BOOST_AUTO_TEST_CASE(a_token_without_access_opens_only_the_door) {
  auto claims = claims_of("alice", {});
  claims.erase("access");
  const auto token = issuer.make(claims);
  BOOST_TEST(client.get("/v2/", bearer(token)).status == 200);
  BOOST_TEST(pull(token) == 401);
  for (const json::value& access :
       {json::value{"all"}, json::value(nullptr), json::value{json::array{1, "x", json::object{}}}})
    BOOST_TEST(pull(changed(claims, "access", access)) == 401);
}

// case 28
BOOST_AUTO_TEST_CASE(tokens_that_are_not_good_here_and_now_are_refused) {
  const auto good = claims_of("alice", pulls);
  BOOST_TEST(pull(good) == 200);
  BOOST_TEST(pull(changed(good, "iss", "https://other.example")) == 401);
  BOOST_TEST(pull(changed(good, "aud", "other.example")) == 401);
  BOOST_TEST(pull(changed(good, "aud", json::array{"other.example", service_name})) == 200);
  BOOST_TEST(pull(changed(good, "exp", in_seconds(-90))) == 401);
  BOOST_TEST(pull(changed(good, "exp", nullptr)) == 401);
  BOOST_TEST(pull(changed(good, "nbf", in_seconds(3600))) == 401);
  // Clocks differ by a minute at most.
  BOOST_TEST(pull(changed(good, "exp", in_seconds(-20))) == 200);
}

// case 28
BOOST_AUTO_TEST_CASE(forged_tokens_are_refused) {
  const auto good = claims_of("alice", pulls);
  const auto text = json::serialize(good);
  BOOST_TEST(pull(attacker.make(good)) == 401); // the same `kid`, another key
  BOOST_TEST(pull(compact(R"({"alg":"none"})", text, "")) == 401);
  BOOST_TEST(pull(compact(R"({"alg":"nOnE","kid":"key-1"})", text, "")) == 401);
  const auto hs256 =
    gantry::to_base64url(R"({"alg":"HS256","kid":"key-1"})") + "." + gantry::to_base64url(text);
  BOOST_TEST(pull(hs256 + "." +
                  gantry::to_base64url(hmac_of("HS256", issuer.key().public_pem(), hs256))) == 401);
  BOOST_TEST(pull(attacker.make(good, {{"jwk", attacker.jwk()}, {"kid", nullptr}})) == 401);
  BOOST_TEST(pull(attacker.make(good, {{"jku", "http://127.0.0.1:1/keys"}})) == 401);
  auto cut = issuer.make(good);
  BOOST_TEST(pull(cut.substr(0, cut.rfind('.') + 1)) == 401);
  cut[cut.find('.') + 5] ^= 1;
  BOOST_TEST(pull(cut) == 401);
  BOOST_TEST(pull("ey" + std::string(14'000, 'A') + "..") == 401);
}

BOOST_AUTO_TEST_CASE(new_keys_count_and_old_ones_end) {
  const auto token = issuer.make(claims_of("alice", pulls));
  BOOST_TEST(pull(token) == 200);
  const token_maker next{"ES256", "key-2"};
  const auto later = next.make(claims_of("alice", pulls));
  BOOST_TEST(pull(later) == 401);
  folder.write("keys.json", jwk_set_of({issuer.jwk(), next.jwk()}));
  const auto becomes = [&](const std::string& which, int status) {
    for (int tries = 0; tries < 1000; ++tries) {
      if (pull(which) == status)
        return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return false;
  };
  BOOST_TEST(becomes(later, 200));
  BOOST_TEST(pull(token) == 200);
  folder.write("keys.json", next.jwk_set());
  BOOST_TEST(becomes(token, 401)); // also from the cache
  BOOST_TEST(pull(later) == 200);
}

BOOST_AUTO_TEST_SUITE_END()
