// What the verified token of an issuer says of a client.
#include "auth/statement.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(statement)

namespace {

using namespace gantry::auth;
using gantry::policy::action;
using texts = std::vector<std::string>;

gantry::jose::claims said(std::string_view text) {
  auto read = gantry::jose::read_claims(text);
  BOOST_REQUIRE(read.has_value());
  return std::move(*read);
}

/// The user, or why there is none.
std::string user_of(const issuer& from, std::string_view text) {
  std::string why;
  const auto found = read_statement(from, said(text), why);
  return found ? found->who.user : why;
}

issuer workloads() {
  return {.name = "i", .audiences = {"a"}, .required = {{"sub", {"repo:org/*", "x"}}}};
}

} // namespace

BOOST_AUTO_TEST_CASE(claims_become_texts) {
  const auto all = texts_of(said(R"({"sub":"s","n":7,"yes":true,"list":["a",1,{"b":2}],"none":null,
    "exp":9,"iat":9,"nbf":9,"jti":"j","kubernetes.io":{"namespace":"team","pod":{"name":"p"}}})"));
  const claim_map expected{{"sub", {"s"}},
                           {"n", {"7"}},
                           {"yes", {"true"}},
                           {"list", {"a", "1"}},
                           {"kubernetes.io.namespace", {"team"}},
                           {"kubernetes.io.pod.name", {"p"}}};
  BOOST_TEST((all == expected));
}

BOOST_AUTO_TEST_CASE(so_many_claims_count) {
  std::string text = "{";
  for (int i = 0; i < 200; ++i)
    text += "\"c" + std::to_string(i) + "\":1,";
  BOOST_TEST(texts_of(said(text + R"("sub":"s"})")).size() == max_claims);
}

BOOST_AUTO_TEST_CASE(a_workload_has_its_issuers_name_before_its_own) {
  auto from = workloads();
  from.user_prefix = "i#";
  BOOST_TEST(user_of(from, R"({"sub":"repo:org/name:ref:main"})") == "i#repo:org/name:ref:main");
  from.user_claim = "login";
  BOOST_TEST(user_of(from, R"({"sub":"x","login":"alice"})") == "i#alice");
  BOOST_TEST(user_of(from, R"({"sub":"x"})") == "the claim login does not name a user");
  BOOST_TEST(user_of(from, R"({"sub":"x","login":["a","b"]})") ==
             "the claim login does not name a user");
  BOOST_TEST(user_of(from, R"({"sub":"x","login":"a\nb"})").find("control characters") !=
             std::string::npos);
  BOOST_TEST(
    user_of(from, R"({"sub":"x","login":")" + std::string(300, 'a') + "\"}").find("1 to 255") !=
    std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_required_must_be_said) {
  auto from = workloads();
  BOOST_TEST(user_of(from, R"({"sub":"x"})") == "x");
  const std::string missing = "the claim sub is missing or has another value";
  BOOST_TEST(user_of(from, R"({"sub":"repo:organisation/x"})") == missing);
  BOOST_TEST(user_of(from, R"({"login":"x"})") == missing);
  from.required["group"] = {"b"};
  BOOST_TEST(user_of(from, R"({"sub":"x","group":["a","b"]})") == "x");
  BOOST_TEST(user_of(from, R"({"sub":"x","group":["a"]})").find("the claim group") == 0U);
}

BOOST_AUTO_TEST_CASE(groups_count_only_if_the_issuer_may_name_them) {
  auto from = workloads();
  std::string why;
  const auto claims = said(R"({"sub":"x","groups":["developers"]})");
  BOOST_TEST(read_statement(from, claims, why)->who.groups.empty());
  from.groups_claim = "groups";
  const auto found = read_statement(from, claims, why);
  BOOST_TEST(found->who.groups == texts{"developers"});
  BOOST_TEST((found->by.of == proof::kind::statement));
  BOOST_TEST(found->who.limits.empty());
  BOOST_TEST(found->who.claims.at("groups") == texts{"developers"});
}

BOOST_AUTO_TEST_CASE(a_token_service_says_what_is_allowed) {
  const issuer service{.name = "i", .audiences = {"a"}, .grants_access = true};
  std::string why;
  const std::string text = R"({"sub":"alice","groups":["g"],"access":[
    {"type":"repository","name":"a/b","actions":["pull","push"]},
    {"type":"repository(plugin","name":"p","actions":["pull"]},
    {"type":"registry","name":"catalog","actions":["*"]},
    {"type":"repository","name":"**","actions":["*"]},
    {"type":"repository","name":"c"}, 7, {"name":"d","actions":["pull"]}]})";
  const auto found = read_statement(service, said(text), why);
  BOOST_REQUIRE(found);
  BOOST_TEST(found->who.user == "alice");
  BOOST_TEST(!found->who.anonymous);
  BOOST_TEST(found->who.groups.empty());
  BOOST_TEST(found->who.claims.empty());
  BOOST_REQUIRE(found->who.limits.size() == 1U);
  BOOST_TEST(found->who.limits[0]->to_string() == "repository:a/b:pull,push registry:catalog:*");
  BOOST_TEST(read_statement(service, said(R"({"access":[]})"), why)->who.anonymous);
}

BOOST_AUTO_TEST_SUITE_END()
