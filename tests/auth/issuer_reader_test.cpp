// A file of trusted issuers.
#include "auth/issuer_reader.hpp"

#include "yaml/reader.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(issuer_reader)

namespace {

using namespace gantry::auth;
using gantry::jose::algorithm;
using gantry::jose::algorithm_set;
using texts = std::vector<std::string>;

std::string mistake_in(const std::string& text) {
  try {
    read_issuers(text);
    return "none";
  } catch (const gantry::yaml::mistake& wrong) {
    return wrong.what();
  }
}

std::string mistake_in_issuer(const std::string& members) {
  return mistake_in("version: 1\nissuers:\n- {issuer: \"https://a\", audience: b" + members +
                    "}\n");
}

} // namespace

BOOST_AUTO_TEST_CASE(an_issuer_is_read_whole) {
  const auto read = read_issuers(R"(version: 1
issuers:
- issuer: https://gitlab.example
  audience: [registry.example, other]
  keys: [/etc/keys.json, https://gitlab.example/oauth/discovery/keys]
  certificates: /etc/keys.pem
  ca: /etc/ca.pem
  algorithms: [ES256, EdDSA]
  require:
    namespace_path: team
    ref: ["main", "release/*"]
  user: user_login
  prefix: "gitlab:"
  groups: groups_direct
- issuer: https://token.actions.githubusercontent.com
  audience: x
)");
  BOOST_REQUIRE(read.size() == 2U);
  const auto& first = read[0];
  BOOST_TEST(first.name == "https://gitlab.example");
  BOOST_TEST(first.audiences == (texts{"registry.example", "other"}));
  BOOST_TEST(first.keys.jwk_sets == texts{"/etc/keys.json"});
  BOOST_TEST(first.keys.url == "https://gitlab.example/oauth/discovery/keys");
  BOOST_TEST(first.keys.bundles == texts{"/etc/keys.pem"});
  BOOST_TEST(first.keys.authorities == "/etc/ca.pem");
  BOOST_TEST((first.algorithms == algorithm_set{algorithm::es256, algorithm::eddsa}));
  BOOST_TEST(first.required.at("namespace_path") == texts{"team"});
  BOOST_TEST(first.required.at("ref") == (texts{"main", "release/*"}));
  BOOST_TEST(first.user_claim == "user_login");
  BOOST_TEST(first.user_prefix == "gitlab:");
  BOOST_TEST(first.groups_claim == "groups_direct");
  BOOST_TEST(!first.grants_access);
  const auto& second = read[1];
  BOOST_TEST(second.keys.url ==
             "https://token.actions.githubusercontent.com/.well-known/openid-configuration");
  BOOST_TEST(second.user_claim == "sub");
  BOOST_TEST(second.user_prefix == "https://token.actions.githubusercontent.com#");
  BOOST_TEST(second.groups_claim.empty());
}

BOOST_AUTO_TEST_CASE(mistakes_have_their_place) {
  BOOST_TEST(mistake_in("issuers: []") ==
             "line 1, column 1: the version is missing: write 'version: 1'");
  BOOST_TEST(mistake_in("version: 1").find("write 'issuers:'") != std::string::npos);
  BOOST_TEST(mistake_in("version: 2\nissuers: []").find("'2' is not known") != std::string::npos);
  BOOST_TEST(mistake_in("[]").find("write 'version: 1'") != std::string::npos);
  BOOST_TEST(mistake_in("version: 1\nissuers: [a]").find("line 2") != std::string::npos);
  BOOST_TEST(mistake_in("version: 1\nissuers: [{audience: b}]").find("lacks its name") !=
             std::string::npos);
  BOOST_TEST(
    mistake_in("version: 1\nissuers: [{issuer: \"https://a\"}]").find("lacks its audience") !=
    std::string::npos);
  BOOST_TEST(mistake_in("version: 1\nissuers: [{issuer: a, audience: b}]").find("lacks its keys") !=
             std::string::npos);
  BOOST_TEST(mistake_in_issuer("") == "none");
  BOOST_TEST(mistake_in_issuer(", audiense: c").find("audience") != std::string::npos);
  BOOST_TEST(mistake_in_issuer(", algorithms: HS256").find("'HS256' is not known") !=
             std::string::npos);
  BOOST_TEST(mistake_in_issuer(", require: x").find("write a map") != std::string::npos);
  BOOST_TEST(mistake_in_issuer(", require: {a: []}").find("the list is empty") !=
             std::string::npos);
  BOOST_TEST(mistake_in_issuer(", keys: [\"http://a\", \"http://b\"]").find("more than one URL") !=
             std::string::npos);
  BOOST_TEST(mistake_in("version: 1\nissuers:\n- {issuer: \"https://a\", audience: b}\n- {issuer: "
                        "\"https://a\", audience: c}\n")
               .find("line 4, column 3: another issuer") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
