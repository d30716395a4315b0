#include "auth/verified_passwords.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

BOOST_AUTO_TEST_SUITE(verified_passwords)

using namespace std::chrono_literals;
using gantry::auth::credentials;
using gantry::auth::verified_passwords;

namespace {

const verified_passwords::time_point start{1000h};
const auto someone = std::make_shared<const gantry::auth::identity>();

} // namespace

BOOST_AUTO_TEST_CASE(a_password_is_known_for_a_while) {
  verified_passwords known;
  const credentials alice{"alice", "secret"};
  BOOST_TEST(!known.find(known.fingerprint_of(alice), start).has_value());
  known.remember(known.fingerprint_of(alice), someone, start);
  const auto right = known.find(known.fingerprint_of(alice), start + 59s);
  BOOST_REQUIRE(right.has_value());
  BOOST_TEST(right->owner == someone);
  BOOST_TEST((right->until == start + 60s));
  BOOST_TEST(!known.find(known.fingerprint_of(alice), start + 60s).has_value());
  known.clear();
  BOOST_TEST(!known.find(known.fingerprint_of(alice), start).has_value());
}

BOOST_AUTO_TEST_CASE(other_users_and_passwords_are_not) {
  verified_passwords known;
  known.remember(known.fingerprint_of({"alice", "secret"}), someone, start);
  BOOST_TEST(!known.find(known.fingerprint_of({"alice", "secret "}), start).has_value());
  BOOST_TEST(!known.find(known.fingerprint_of({"alices", "ecret"}), start).has_value());
  BOOST_TEST(!known.find(known.fingerprint_of({"", "alicesecret"}), start).has_value());
}

BOOST_AUTO_TEST_CASE(the_one_that_expires_first_goes_when_there_are_too_many) {
  verified_passwords known;
  known.remember(known.fingerprint_of({"first", ""}), someone, start);
  for (std::size_t i = 0; i < verified_passwords::max_entries; ++i)
    known.remember(known.fingerprint_of({std::to_string(i), ""}), someone, start + 1s);
  BOOST_TEST(!known.find(known.fingerprint_of({"first", ""}), start).has_value());
  BOOST_TEST(known.find(known.fingerprint_of({"0", ""}), start).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
