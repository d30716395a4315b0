// Tokens that say who a client is.
#include "auth/access_tokens.hpp"

#include "base/base64.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(access_tokens)

namespace {

using gantry::auth::read_bearer;

struct issuer {
  gantry::auth::access_tokens tokens;
  gantry::auth::access_tokens::time_point now{1000h};
  std::string hash = "first";

  std::string user_of(std::string_view token) const {
    const auto proof = [this](std::string_view user) {
      return user == "alice" ? std::optional{hash} : std::nullopt;
    };
    return tokens.user_of(token, proof, now).value_or("nobody");
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_token_names_its_user_until_it_expires, issuer) {
  const auto token = tokens.issue("alice", hash, now);
  BOOST_TEST(user_of(token) == "alice");
  now += tokens.lifetime - 1s;
  BOOST_TEST(user_of(token) == "alice");
  now += 1s;
  BOOST_TEST(user_of(token) == "nobody");
}

BOOST_FIXTURE_TEST_CASE(a_changed_password_ends_it, issuer) {
  const auto token = tokens.issue("alice", hash, now);
  hash = "second";
  BOOST_TEST(user_of(token) == "nobody");
}

BOOST_FIXTURE_TEST_CASE(a_user_who_is_gone_has_none, issuer) {
  BOOST_TEST(user_of(tokens.issue("bob", "", now)) == "nobody");
}

BOOST_FIXTURE_TEST_CASE(what_was_changed_or_issued_elsewhere_does_not_count, issuer) {
  const auto token = tokens.issue("alice", hash, now);
  const auto bytes = gantry::from_base64(token).value();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    BOOST_TEST(user_of(gantry::to_base64(changed)) == "nobody", "byte " << i);
    BOOST_TEST(user_of(gantry::to_base64(bytes.substr(0, i))) == "nobody", "up to " << i);
  }
  const gantry::auth::access_tokens others;
  BOOST_TEST(user_of(others.issue("alice", hash, now)) == "nobody");
  for (const auto* text : {"", "x", "%%%", "anonymous"})
    BOOST_TEST(user_of(text) == "nobody", text);
  BOOST_TEST(user_of(std::string(100'000, 'A')) == "nobody");
}

BOOST_AUTO_TEST_CASE(the_scheme_is_read_in_any_case) {
  BOOST_TEST(read_bearer("Bearer abc").value() == "abc");
  BOOST_TEST(read_bearer("bEARER  abc ").value() == "abc");
  BOOST_TEST(!read_bearer("Basic abc"));
  BOOST_TEST(!read_bearer("Bearer"));
  BOOST_TEST(!read_bearer(""));
}

BOOST_AUTO_TEST_SUITE_END()
