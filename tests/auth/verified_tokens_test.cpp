#include "auth/verified_tokens.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(verified_tokens)

namespace {

using gantry::auth::identity;
using tokens = gantry::auth::verified_tokens;

gantry::auth::identity_ptr named(const std::string& user) {
  return std::make_shared<const identity>(identity{gantry::policy::subject::user_named(user), {}});
}

const tokens::time_point now{std::chrono::days{20'000}};

bool knows(const tokens& known, const std::string& token, tokens::time_point at = now) {
  return known.find(token, 1, at).has_value();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_token_is_remembered_until_it_ends) {
  tokens known;
  BOOST_TEST(!knows(known, "token"));
  known.remember("token", {named("alice"), now + 5s, 1});
  BOOST_TEST(known.find("token", 1, now + 4s)->owner->who.user == "alice");
  BOOST_TEST(!knows(known, "token", now + 5s));
  BOOST_TEST(!knows(known, "tokens"));
}

BOOST_AUTO_TEST_CASE(a_token_does_not_count_in_another_generation) {
  tokens known;
  known.remember("token", {named("alice"), now + 5s, 1});
  BOOST_TEST(!known.find("token", 2, now).has_value());
  known.remember("token", {named("alice"), now + 5s, 2});
  BOOST_TEST(known.find("token", 2, now).has_value());
}

BOOST_AUTO_TEST_CASE(of_too_many_the_one_that_ends_first_goes) {
  tokens known;
  known.remember("short", {named("bob"), now + 1s, 1});
  for (std::size_t i = 1; i < tokens::max_entries; ++i)
    known.remember("token " + std::to_string(i), {named("alice"), now + 1min, 1});
  BOOST_TEST(knows(known, "short"));
  known.remember("token 1", {named("alice"), now + 1min, 1}); // was there
  BOOST_TEST(knows(known, "short"));
  known.remember("one more", {named("alice"), now + 1min, 1});
  BOOST_TEST(!knows(known, "short"));
  BOOST_TEST(knows(known, "token 1"));
  BOOST_TEST(knows(known, "one more"));
}

BOOST_AUTO_TEST_SUITE_END()
