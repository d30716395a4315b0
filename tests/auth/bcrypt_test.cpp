#include "auth/bcrypt.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(bcrypt)

using namespace gantry::auth;

namespace {

/// Of `htpasswd -nbB`: the password `secret`, at cost 5.
const std::string known = "$2y$05$EKtRRbFC1p8sqLD58d0k.eJl7kUA2Q1zW/zqyVaAa9xjOKlA/WZWi";

} // namespace

BOOST_AUTO_TEST_CASE(a_made_hash_matches_its_password_only) {
  const auto hash = make_bcrypt("open sesame", 4);
  BOOST_TEST(is_bcrypt(hash));
  BOOST_TEST(cost_of(hash) == 4u);
  BOOST_TEST(matches("open sesame", hash));
  BOOST_TEST(!matches("open sesam", hash));
  BOOST_TEST(!matches("", hash));
  BOOST_TEST(make_bcrypt("open sesame", 4) != hash);
}

BOOST_AUTO_TEST_CASE(the_three_prefixes_are_one_method) {
  auto hash = make_bcrypt("x", 4);
  for (const char variant : {'a', 'b', 'y'}) {
    hash[2] = variant;
    BOOST_TEST(matches("x", hash), variant);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_bcrypt_hash_matches_nothing) {
  // libcrypt would take most of these for settings of other methods.
  for (const std::string text :
       {"", "garbage", "x", "$1$salt$hash", "$6$salt$hash", "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
        "$2y$03$", "$2x$04$EKtRRbFC1p8sqLD58d0k.eJl7kUA2Q1zW/zqyVaAa9xjOKlA/WZWi",
        "$2y$99$EKtRRbFC1p8sqLD58d0k.eJl7kUA2Q1zW/zqyVaAa9xjOKlA/WZWi", "$apr1$x$y"}) {
    BOOST_TEST(!is_bcrypt(text), text);
    BOOST_TEST(!matches("x", text), text);
  }
  BOOST_TEST(is_bcrypt(known));
}

BOOST_AUTO_TEST_CASE(only_72_bytes_count_and_zero_bytes_are_refused) {
  const std::string longest(72, 'a');
  const auto hash = make_bcrypt(longest, 4);
  BOOST_TEST(matches(longest + "b", hash));
  BOOST_TEST(!matches(std::string(71, 'a'), hash));
  BOOST_TEST(matches(std::string(1'000'000, 'a'), hash));
  const auto short_hash = make_bcrypt("ab", 4);
  BOOST_TEST(!matches(std::string{"ab\0c", 4}, short_hash));
}

BOOST_AUTO_TEST_CASE(an_impossible_cost_is_an_error) {
  BOOST_CHECK_THROW(make_bcrypt("x", 3), std::runtime_error);
  BOOST_CHECK_THROW(make_bcrypt("x", 32), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
