// The personal access tokens of a file.
#include "auth/personal_tokens.hpp"

#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <string>

using namespace std::chrono_literals;

namespace {

using namespace gantry::auth;
using gantry::policy::action;

struct with_tokens {
  gantry::test::temp_dir folder;
  gantry::auth::personal_tokens::clock::time_point now{1000h};
  gantry::auth::personal_token::clock::time_point today{std::chrono::days{20'000}};
  gantry::auth::personal_tokens tokens{folder.path() / "tokens", [this] { return now; },
                                       [this] { return today; }};
  new_personal_token ci = make_personal_token("ci");

  void write(const std::string& text) {
    folder.write("tokens", text);
    now += 1s; // the file is looked at again
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(personal_tokens, with_tokens)

BOOST_AUTO_TEST_CASE(a_token_is_its_users) {
  BOOST_TEST(!tokens.find(ci.text));
  write(with_token("", ci.known));
  const auto owner = tokens.find(ci.text);
  BOOST_REQUIRE(owner);
  BOOST_TEST(owner->who.user == "ci");
  BOOST_TEST(!owner->who.anonymous);
  BOOST_TEST(owner->who.limits.empty());
  BOOST_TEST((owner->by.of == proof::kind::personal_token));
  BOOST_TEST(tokens.counts(owner->by.text));
}

BOOST_AUTO_TEST_CASE(another_secret_does_not_count) {
  write(with_token("", ci.known));
  auto guessed = ci.text;
  guessed.back() = guessed.back() == '0' ? '1' : '0';
  BOOST_TEST(!tokens.find(guessed));
  BOOST_TEST(!tokens.find(make_personal_token("ci").text));
  BOOST_TEST(!tokens.find(""));
}

BOOST_AUTO_TEST_CASE(a_revoked_token_ends) {
  const auto file = with_token("", ci.known);
  write(file);
  BOOST_TEST(tokens.find(ci.text));
  write(without_token(file, ci.known.id));
  BOOST_TEST(!tokens.find(ci.text));
  BOOST_TEST(!tokens.counts(ci.known.id));
  write(file);
  BOOST_TEST(tokens.counts(ci.known.id));
  std::filesystem::remove(folder.path() / "tokens");
  now += 1s;
  BOOST_TEST(!tokens.counts(ci.known.id));
}

BOOST_AUTO_TEST_CASE(a_token_expires) {
  ci.known.end = today + 1h;
  write(with_token("", ci.known));
  BOOST_TEST((tokens.find(ci.text)->by.end == today + 1h));
  today += 1h;
  BOOST_TEST(!tokens.find(ci.text));
  BOOST_TEST(!tokens.counts(ci.known.id));
}

BOOST_AUTO_TEST_CASE(scopes_limit_a_token) {
  ci.known.scopes = "repository:team/**:pull";
  write(with_token("", ci.known));
  const auto owner = tokens.find(ci.text);
  BOOST_REQUIRE(owner);
  BOOST_REQUIRE(owner->who.limits.size() == 1U);
  BOOST_TEST(owner->who.limits[0]->allow(action::pull, "team/app"));
  BOOST_TEST(!owner->who.limits[0]->allow(action::push, "team/app"));
}

BOOST_AUTO_TEST_SUITE_END()
