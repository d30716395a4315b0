#include "auth/verified_passwords.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(verified_passwords)

using namespace std::chrono_literals;
using gantry::auth::credentials;
using gantry::auth::verified_passwords;

namespace {

const verified_passwords::time_point start{1000h};

} // namespace

BOOST_AUTO_TEST_CASE(a_password_is_known_for_a_while) {
  verified_passwords known;
  const credentials alice{"alice", "secret"};
  BOOST_TEST(!known.knows(alice, start));
  known.remember(alice, start);
  BOOST_TEST(known.knows(alice, start + 59s));
  BOOST_TEST(!known.knows(alice, start + 60s));
  known.clear();
  BOOST_TEST(!known.knows(alice, start));
}

BOOST_AUTO_TEST_CASE(other_users_and_passwords_are_not) {
  verified_passwords known;
  known.remember({"alice", "secret"}, start);
  BOOST_TEST(!known.knows({"alice", "secret "}, start));
  BOOST_TEST(!known.knows({"alices", "ecret"}, start));
  BOOST_TEST(!known.knows({"", "alicesecret"}, start));
}

BOOST_AUTO_TEST_CASE(the_one_that_expires_first_goes_when_there_are_too_many) {
  verified_passwords known;
  known.remember({"first", ""}, start);
  for (std::size_t i = 0; i < verified_passwords::max_entries; ++i)
    known.remember({std::to_string(i), ""}, start + 1s);
  BOOST_TEST(!known.knows({"first", ""}, start));
  BOOST_TEST(known.knows({"0", ""}, start));
}

BOOST_AUTO_TEST_SUITE_END()
