// The ways to log in, together.
#include "auth/login.hpp"

#include "auth/bcrypt.hpp"
#include "auth/right_password.hpp"
#include "support/temp_dir.hpp"
#include "support/token_maker.hpp"

#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using namespace std::chrono_literals;

namespace {

using namespace gantry::auth;
using gantry::policy::action;
using gantry::test::hash_of_right;

struct with_ways {
  gantry::test::temp_dir folder;
  std::chrono::steady_clock::time_point steady{1000h};
  std::chrono::system_clock::time_point now{std::chrono::days{20'000}};
  new_personal_token ci = make_personal_token("ci");
  gantry::test::token_maker issuer;
  std::unique_ptr<gantry::auth::login> made;
  gantry::auth::login& login() {
    if (!made) {
      const auto later = [this] { return steady; };
      const auto today = [this] { return now; };
      gantry::auth::login::ways in;
      in.passwords = std::make_unique<password_login>(folder.path() / "htpasswd", later);
      in.personal = std::make_unique<personal_tokens>(folder.path() / "tokens", later, today);
      in.issuers = std::make_unique<trusted_issuers>(
        trusted_issuers::sources{
          .fixed = {{.name = "i",
                     .audiences = {"here"},
                     .keys = {.jwk_sets = {(folder.path() / "keys").string()}}}}},
        later, today);
      made = std::make_unique<gantry::auth::login>(std::move(in),
                                                   std::make_unique<gantry::auth::key_ring>(today),
                                                   login_options{"here"}, today);
    }
    return *made;
  }

  with_ways() {
    write("htpasswd", "alice:" + hash_of_right + "\n");
    write("tokens", with_token("", ci.known));
    write("keys", issuer.jwk_set());
  }

  std::string statement_until(std::chrono::system_clock::time_point end) const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(end.time_since_epoch());
    return issuer.make({{"iss", "i"}, {"aud", "here"}, {"sub", "job"}, {"exp", seconds.count()}});
  }

  void write(const std::string& name, const std::string& text) {
    folder.write(name, text);
    steady += 1s; // files are looked at again
  }

  outcome try_with(const std::string& user, const std::string& password) {
    const credentials who{user, password};
    if (const auto decided = login().decide(who, "127.0.0.1"))
      return *decided;
    std::promise<outcome> found;
    login().check(who, "127.0.0.1", [&found](outcome is) { found.set_value(std::move(is)); });
    return found.get_future().get();
  }
  /// The user who is let in; `-` for none.
  std::string user_of(const std::string& user, const std::string& password) {
    const auto found = try_with(user, password);
    return found.is == verdict::accepted ? found.found->who.user : "-";
  }
  identity identity_of(std::string_view token) {
    const auto found = login().decide_token(token);
    BOOST_REQUIRE(found.has_value());
    BOOST_REQUIRE((found->is == verdict::accepted));
    return *found->found;
  }
  std::string owner_of(std::string_view token) {
    const auto found = login().decide_token(token);
    return found && found->is == verdict::accepted ? found->found->who.user : "-";
  }
  token_grant granted_to(const std::string& user, const std::string& password,
                         std::optional<std::string_view> scopes = {}, bool with_refresh = false) {
    return login().grant(*try_with(user, password).found, scopes, with_refresh).value();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(login, with_ways)

BOOST_AUTO_TEST_CASE(passwords_and_personal_tokens_let_in) {
  BOOST_TEST(login().challenge() == R"(Basic realm="here")");
  BOOST_TEST(user_of("alice", "right") == "alice");
  BOOST_TEST(user_of("alice", "wrong") == "-");
  for (const auto* const name : {"ci", "<token>", "_token", "oauth2accesstoken"})
    BOOST_TEST(user_of(name, ci.text) == "ci", name);
  BOOST_TEST(user_of("alice", ci.text) == "-"); // another user's
  BOOST_TEST(user_of("_token", "right") == "-");
  BOOST_TEST(owner_of(ci.text) == "ci");
}

BOOST_AUTO_TEST_CASE(a_token_stands_for_its_owner) {
  const auto grant = granted_to("alice", "right");
  BOOST_TEST(grant.refresh.empty());
  BOOST_TEST((grant.lifetime == gantry::auth::login::access_lifetime));
  BOOST_TEST((grant.made == now));
  BOOST_TEST(owner_of(grant.access) == "alice");
  BOOST_TEST(user_of("_token", grant.access) == "alice");
  BOOST_TEST(user_of("alice", grant.access) == "-"); // that is no password
  BOOST_TEST(owner_of("gantry-token-nonsense") == "-");
  BOOST_TEST(owner_of("") == "-");
}

BOOST_AUTO_TEST_CASE(a_token_ends_in_time_and_with_the_password) {
  const auto grant = granted_to("alice", "right", {}, true);
  BOOST_TEST(owner_of(grant.access) == "alice");
  now += gantry::auth::login::access_lifetime;
  BOOST_TEST(owner_of(grant.access) == "-");
  const auto later = granted_to("alice", "right", {}, true);
  BOOST_TEST(owner_of(later.access) == "alice");
  write("htpasswd", "alice:" + make_bcrypt("other", 4) + "\n");
  BOOST_TEST(owner_of(later.access) == "-");
  BOOST_TEST(!login().refresh_owner_of(later.refresh));
  BOOST_TEST(user_of("<token>", later.refresh) == "-");
}

BOOST_AUTO_TEST_CASE(a_refresh_token_is_exchanged_and_opens_nothing) {
  const auto grant = granted_to("alice", "right", "repository:a:pull", true);
  BOOST_TEST(owner_of(grant.refresh) == "-");
  const auto owner = login().refresh_owner_of(grant.refresh);
  BOOST_REQUIRE(owner);
  BOOST_TEST(owner->who.user == "alice");
  BOOST_TEST(owner->who.limits.empty()); // the scopes were those of the access token
  BOOST_TEST(!login().refresh_owner_of(grant.access));
  BOOST_TEST(user_of("<token>", grant.refresh) == "alice");
  now += gantry::auth::login::refresh_lifetime;
  BOOST_TEST(!login().refresh_owner_of(grant.refresh));
}

BOOST_AUTO_TEST_CASE(scopes_limit_a_token) {
  const auto grant = granted_to("alice", "right", "repository:a:pull");
  const auto owner = identity_of(grant.access);
  BOOST_REQUIRE(owner.who.limits.size() == 1U);
  BOOST_TEST(owner.who.limits[0]->allow(action::pull, "a"));
  BOOST_TEST(!owner.who.limits[0]->allow(action::remove, "a"));
}

BOOST_AUTO_TEST_CASE(a_token_of_a_personal_token_ends_with_that) {
  const auto grant = granted_to("ci", ci.text, {}, true);
  BOOST_TEST(owner_of(grant.access) == "ci");
  BOOST_TEST(login().refresh_owner_of(grant.refresh));
  write("tokens", "");
  BOOST_TEST(owner_of(grant.access) == "-");
  BOOST_TEST(!login().refresh_owner_of(grant.refresh));
}

BOOST_AUTO_TEST_CASE(a_token_lasts_no_longer_than_what_it_rests_on) {
  ci.known.end = now + 10s;
  write("tokens", with_token("", ci.known));
  const auto grant = granted_to("ci", ci.text);
  BOOST_TEST((grant.lifetime == 10s));
}

BOOST_AUTO_TEST_CASE(an_anonymous_client_gets_a_token_and_none_to_refresh) {
  const auto grant = login().grant({}, "repository:a:pull", true).value();
  BOOST_TEST(grant.refresh.empty());
  BOOST_TEST(identity_of(grant.access).who.anonymous);
}

BOOST_AUTO_TEST_CASE(a_statement_is_verified_once) {
  std::promise<outcome> found;
  const auto token = statement_until(now + 1h);
  BOOST_TEST(!login().decide_token(token).has_value());
  BOOST_TEST(!login().decide({"_token", token}, "127.0.0.1").has_value());
  login().check_token(token, [&found](outcome is) { found.set_value(std::move(is)); });
  BOOST_TEST((found.get_future().get().is == verdict::accepted));
  BOOST_TEST(owner_of(token) == "job");
  BOOST_TEST(user_of("_token", token) == "job");
  BOOST_TEST(user_of("alice", token) == "-");
  // It buys an access token, which lasts no longer than itself.
  const auto grant = granted_to("_token", token, {}, true);
  BOOST_TEST(grant.refresh.empty());
  BOOST_TEST(owner_of(grant.access) == "job");
  now += 1h;
  BOOST_TEST(owner_of(grant.access) == "-");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_gone_ends_what_it_has_verified) {
  const auto token = statement_until(now + 1h);
  BOOST_TEST(user_of("_token", token) == "job");
  BOOST_TEST(owner_of(token) == "job");
  write("keys", gantry::test::token_maker{}.jwk_set());
  BOOST_TEST(owner_of(token) == "-");
}

BOOST_AUTO_TEST_CASE(an_outcome_says_how_long_it_lasts) {
  BOOST_TEST((try_with("alice", "right").lasts == 0s)); // first, it was hashed
  BOOST_TEST((try_with("alice", "right").lasts == verified_passwords::lifetime));
  steady += 20s;
  BOOST_TEST((try_with("alice", "right").lasts == verified_passwords::lifetime - 20s));
  const auto grant = granted_to("alice", "right");
  BOOST_TEST((login().decide_token(grant.access)->lasts == 300s));
  now += 1s;
  BOOST_TEST((login().decide_token(grant.access)->lasts == 299s)); // remembered
  BOOST_TEST((try_with("_token", grant.access).lasts == 299s));
  ci.known.end = now + 10s;
  write("tokens", with_token("", ci.known));
  BOOST_TEST((try_with("ci", ci.text).lasts == 10s));
  BOOST_TEST((login().decide_token(ci.text)->lasts == 10s));
  const auto statement = statement_until(now + 1h);
  BOOST_TEST((try_with("_token", statement).lasts == 0s));
  BOOST_TEST((try_with("_token", statement).lasts == 1h + 60s)); // with the leeway
}

BOOST_AUTO_TEST_CASE(each_change_is_another_generation) {
  auto last = login().generation();
  const auto grows = [&] {
    const auto before = std::exchange(last, login().generation());
    return last > before;
  };
  BOOST_TEST(!grows());
  write("htpasswd", "alice:" + make_bcrypt("other", 4) + "\n");
  BOOST_TEST(grows());
  write("tokens", "");
  BOOST_TEST(grows());
  write("keys", gantry::test::token_maker{}.jwk_set());
  BOOST_TEST(grows());
  steady += 1s;
  BOOST_TEST(!grows());
}

BOOST_AUTO_TEST_SUITE_END()
