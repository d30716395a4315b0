// What tokens allow.
#include "policy/grant_list.hpp"

#include "policy/rule_set.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(grant_list)

namespace {

using namespace gantry::policy;
using grants = gantry::policy::grant_list;

grants of_client(std::string_view scopes) {
  return grants::read(scopes, grants::names::exact);
}

subject limited(subject who, std::string_view scopes) {
  who.limits.push_back(
    std::make_shared<const grants>(grants::read(scopes, grants::names::patterns)));
  return who;
}

std::string mistake_in(std::string_view scope) {
  try {
    grants::parse(scope);
    return {};
  } catch (const std::invalid_argument& wrong) {
    return wrong.what();
  }
}

} // namespace

BOOST_AUTO_TEST_CASE(a_scope_allows_its_actions_in_its_repository) {
  const auto known = of_client("repository:team/app:pull,push");
  BOOST_TEST(known.allow(action::pull, "team/app"));
  BOOST_TEST(known.allow(action::push, "team/app"));
  BOOST_TEST(!known.allow(action::remove, "team/app"));
  BOOST_TEST(!known.allow(action::pull, "team/app/cache"));
  BOOST_TEST(!known.allow(action::pull, "team"));
  BOOST_TEST(!known.allow(action::catalog, {}));
  BOOST_TEST(!known.allow(action::admin, {}));
}

BOOST_AUTO_TEST_CASE(several_scopes_add_up) {
  const auto known = of_client("repository:a:pull  repository:b:delete repository:a:push");
  BOOST_TEST(known.allow(action::push, "a"));
  BOOST_TEST(known.allow(action::pull, "a"));
  BOOST_TEST(known.allow(action::remove, "b"));
  BOOST_TEST(!known.allow(action::pull, "b"));
  BOOST_TEST(known.to_string() == "repository:a:pull repository:b:delete repository:a:push");
}

BOOST_AUTO_TEST_CASE(a_star_stands_for_all_actions_of_a_repository) {
  const auto known = of_client("repository:a:* registry:catalog:*");
  BOOST_TEST(known.allow(action::remove, "a"));
  BOOST_TEST(known.allow(action::catalog, {}));
  BOOST_TEST(!known.allow(action::metrics, {}));
  BOOST_TEST(!known.allow(action::admin, {}));
  BOOST_TEST(known.to_string() == "repository:a:pull,push,delete registry:catalog:*");
}

BOOST_AUTO_TEST_CASE(what_means_nothing_here_grants_nothing) {
  for (const auto* const scopes :
       {"", "   ", "repository", "repository:a", "repository::pull", "repository:a:",
        "repository:a:,", "repository:a:read", "repository:a:catalog", "repository:A:pull",
        "repository:../a:pull", "registry:catalog:pull", "registry:pull:*", "registry:everything:*",
        "image:a:pull", ":a:pull", "repository:**:*", "repository:a/*:pull"})
    BOOST_TEST(of_client(scopes).to_string() == "", scopes);
}

BOOST_AUTO_TEST_CASE(types_may_have_a_class) {
  BOOST_TEST(of_client("repository(plugin):a:pull").allow(action::pull, "a"));
}

BOOST_AUTO_TEST_CASE(administrators_write_patterns) {
  const auto known = grants::parse("repository:team/**:pull");
  BOOST_TEST(known.allow(action::pull, "team/app"));
  BOOST_TEST(!known.allow(action::pull, "other/app"));
  BOOST_TEST(!known.allow_everywhere(action::pull));
  BOOST_TEST(grants::parse("repository:**:pull").allow_everywhere(action::pull));
  BOOST_TEST(grants::parse("registry:admin:*").allow_everywhere(action::admin));
  BOOST_TEST(grants::read(known.to_string(), grants::names::patterns).to_string() ==
             "repository:team/**:pull");
}

BOOST_AUTO_TEST_CASE(mistakes_of_administrators_are_named) {
  BOOST_TEST(mistake_in("team/app").find("'team/app' is no scope") == 0U);
  BOOST_TEST(mistake_in("repository:a:read").find("'read' is no action") != std::string::npos);
  BOOST_TEST(mistake_in("repository:a:").find("names no action") != std::string::npos);
  BOOST_TEST(mistake_in("repository:A:pull").find("matches no repository") != std::string::npos);
  BOOST_TEST(mistake_in("registry:pull:*").find("registry:catalog:*") != std::string::npos);
  BOOST_TEST(mistake_in("registry:catalog:pull").find("ends with :*") != std::string::npos);
  BOOST_TEST(mistake_in("image:a:pull").find("repository:NAME:ACTIONS") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(tokens_limit_what_rules_allow) {
  const rule_set all{{{.actions = action_set::all(),
                       .repositories = {repository_pattern::parse("**")},
                       .anonymous = true}},
                     {}};
  const auto alice = limited(subject::user_named("alice"), "repository:a:pull,push");
  BOOST_TEST(all.rights_of(alice).may(action::push, "a"));
  const auto denied = all.rights_of(alice).decide(action::remove, "a");
  BOOST_TEST(!denied.allowed);
  BOOST_TEST(denied.beyond_token);
  BOOST_TEST(!denied.by);
  BOOST_TEST(!all.rights_of(alice).may(action::pull, "b"));
  BOOST_TEST(!all.rights_of(alice).may(action::catalog));
  BOOST_TEST(!all.rights_of(alice).may_everywhere(action::pull));
  // A second limit counts as well.
  const auto narrow = limited(alice, "repository:a:pull repository:b:pull");
  BOOST_TEST(all.rights_of(narrow).may(action::pull, "a"));
  BOOST_TEST(!all.rights_of(narrow).may(action::push, "a"));
  BOOST_TEST(!all.rights_of(narrow).may(action::pull, "b"));
}

BOOST_AUTO_TEST_CASE(tokens_allow_nothing_that_rules_do_not) {
  const gantry::policy::rule_set none{{}, {}};
  const auto alice = limited(subject::user_named("alice"), "repository:a:pull");
  const auto denied = none.rights_of(alice).decide(action::pull, "a");
  BOOST_TEST(!denied.allowed);
  BOOST_TEST(!denied.beyond_token);
}

BOOST_AUTO_TEST_CASE(a_token_without_a_name_has_its_limits) {
  const auto nameless = limited({}, "repository:a:pull");
  BOOST_TEST(rights{nameless}.may(action::pull, "a"));
  BOOST_TEST(!rights{nameless}.may(action::push, "a"));
}

BOOST_AUTO_TEST_CASE(without_a_policy_only_tokens_limit) {
  const auto alice = subject::user_named("alice");
  BOOST_TEST(rights{alice}.may(action::remove, "a"));
  BOOST_TEST(rights{alice}.may_everywhere(action::pull));
  const auto narrow = limited(alice, "repository:a:pull registry:catalog:*");
  BOOST_TEST(rights{narrow}.may(action::pull, "a"));
  BOOST_TEST(rights{narrow}.may(action::catalog));
  const auto denied = rights{narrow}.decide(action::push, "a");
  BOOST_TEST(!denied.allowed);
  BOOST_TEST(denied.beyond_token);
  BOOST_TEST(!rights{narrow}.may_everywhere(action::pull));
}

BOOST_AUTO_TEST_SUITE_END()
