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

} // namespace

BOOST_AUTO_TEST_CASE(a_token_is_remembered_until_it_ends) {
  tokens known;
  BOOST_TEST(!known.find("token", now));
  known.remember("token", named("alice"), now + 5s);
  BOOST_TEST(known.find("token", now + 4s)->who.user == "alice");
  BOOST_TEST(!known.find("token", now + 5s));
  BOOST_TEST(!known.find("tokens", now));
  known.clear();
  BOOST_TEST(!known.find("token", now));
}

BOOST_AUTO_TEST_CASE(of_too_many_the_one_that_ends_first_goes) {
  tokens known;
  known.remember("short", named("bob"), now + 1s);
  for (std::size_t i = 1; i < tokens::max_entries; ++i)
    known.remember("token " + std::to_string(i), named("alice"), now + 1min);
  BOOST_TEST(known.find("short", now));
  known.remember("token 1", named("alice"), now + 1min); // was there
  BOOST_TEST(known.find("short", now));
  known.remember("one more", named("alice"), now + 1min);
  BOOST_TEST(!known.find("short", now));
  BOOST_TEST(known.find("token 1", now));
  BOOST_TEST(known.find("one more", now));
}

BOOST_AUTO_TEST_SUITE_END()
