// Tokens that this registry gives to clients.
#include "auth/sealed_tokens.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(sealed_tokens)

namespace {

using namespace gantry::auth;
using gantry::policy::action;
using gantry::policy::grant_list;
using gantry::policy::subject;

struct with_keys {
  gantry::auth::key_ring keys;
  gantry::auth::sealed_tokens tokens{keys};
  gantry::auth::sealed_tokens::clock::time_point now{std::chrono::days{20'000}};

  sealed_token alice() const {
    return {.is = {subject::user_named("alice"), {.of = proof::kind::password, .text = "proof"}},
            .end = now + 5min};
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_token_says_who_its_owner_is, with_keys) {
  auto content = alice();
  content.use = token_use::refresh;
  content.is.who.groups = {"developers", "administrators"};
  content.is.who.claims = {{"project", {"team/app"}}, {"ref", {"main", "x"}}};
  content.is.who.limits.push_back(std::make_shared<const grant_list>(
    grant_list::read("repository:a/**:pull registry:catalog:*", grant_list::names::patterns)));
  content.is.by = {.of = proof::kind::statement, .text = "who", .end = now + 1h};
  const auto token = tokens.seal(content).value();
  BOOST_TEST(token.starts_with("gantry-token-"));
  BOOST_TEST(token.find("alice") == std::string::npos);
  const auto found = tokens.open(token, now).value();
  BOOST_TEST((found.use == token_use::refresh));
  BOOST_TEST((found.end == content.end));
  BOOST_TEST((found.is.by == content.is.by));
  BOOST_TEST(!found.is.who.anonymous);
  BOOST_TEST(found.is.who.user == "alice");
  BOOST_TEST(found.is.who.groups == content.is.who.groups);
  BOOST_TEST((found.is.who.claims == content.is.who.claims));
  BOOST_REQUIRE(found.is.who.limits.size() == 1U);
  BOOST_TEST(found.is.who.limits[0]->to_string() == "repository:a/**:pull registry:catalog:*");
}

BOOST_FIXTURE_TEST_CASE(an_anonymous_client_stays_one, with_keys) {
  const auto token = tokens.seal({.end = now + 1s}).value();
  const auto found = tokens.open(token, now).value();
  BOOST_TEST(found.is.who.anonymous);
  BOOST_TEST((found.use == token_use::access));
  BOOST_TEST((found.is.by == proof{}));
}

BOOST_FIXTURE_TEST_CASE(a_token_ends, with_keys) {
  const auto token = tokens.seal(alice()).value();
  BOOST_TEST(tokens.open(token, now + 5min - 1s).has_value());
  BOOST_TEST(!tokens.open(token, now + 5min));
}

BOOST_FIXTURE_TEST_CASE(a_limit_that_allows_nothing_stays, with_keys) {
  auto content = alice();
  content.is.who.limits.push_back(std::make_shared<const grant_list>());
  const auto found = tokens.open(tokens.seal(content).value(), now).value();
  BOOST_REQUIRE(found.is.who.limits.size() == 1U);
  BOOST_TEST(!found.is.who.limits[0]->allow(action::pull, "a"));
}

BOOST_FIXTURE_TEST_CASE(what_was_changed_or_sealed_elsewhere_does_not_count, with_keys) {
  const auto token = tokens.seal(alice()).value();
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    BOOST_TEST(!tokens.open(changed, now), "byte " << i);
    BOOST_TEST(!tokens.open(token.substr(0, i), now), "up to " << i);
  }
  gantry::auth::key_ring others;
  const gantry::auth::sealed_tokens elsewhere{others};
  BOOST_TEST(!tokens.open(elsewhere.seal(alice()).value(), now));
  // Sealed with the right key, but no token.
  for (const auto* const text : {"", "{}", "[]", R"({"r":1,"e":"x"})", "nonsense"})
    BOOST_TEST(!tokens.open("gantry-token-" + keys.close(text), now), text);
  BOOST_TEST(!tokens.open(std::string(100'000, 'A'), now));
}

BOOST_FIXTURE_TEST_CASE(what_is_too_long_for_a_head_is_not_sealed, with_keys) {
  auto content = alice();
  content.is.who.claims["long"] = {std::string(10'000, 'x')};
  BOOST_TEST(!tokens.seal(content));
}

BOOST_AUTO_TEST_SUITE_END()
