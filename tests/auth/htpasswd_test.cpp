#include "auth/htpasswd.hpp"

#include "auth/bcrypt.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(htpasswd)

namespace auth = gantry::auth;

namespace {

const std::string one = auth::make_bcrypt("one", 4);
const std::string two = auth::make_bcrypt("two", 5);

} // namespace

BOOST_AUTO_TEST_CASE(users_and_hashes_are_read) {
  const auto file =
    auth::htpasswd::parse("# users\n\nalice:" + one + "\r\nb o b:" + two + "\n \ncarol:" + one);
  BOOST_TEST(file.find("alice")->hash == one);
  BOOST_TEST(file.find("b o b")->hash == two);
  BOOST_TEST(file.find("carol")->hash == one);
  BOOST_TEST(file.find("dave") == nullptr);
  BOOST_TEST(file.find("") == nullptr);
  BOOST_TEST(file.complaints().empty());
}

BOOST_AUTO_TEST_CASE(a_proof_changes_with_the_hash_and_does_not_show_it) {
  const auto proof_of = [](const std::string& hash) {
    return auth::htpasswd::parse("alice:" + hash).find("alice")->proof;
  };
  BOOST_TEST(proof_of(one) == proof_of(one));
  BOOST_TEST(proof_of(one) != proof_of(two));
  BOOST_TEST(one.find(proof_of(one)) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(lines_that_do_not_count_are_named_without_their_hashes) {
  const auto file = auth::htpasswd::parse("alice:$apr1$x$secret\nbob\n:" + one + "\ncarol:" + one +
                                          "\ncarol:" + two + "\n");
  BOOST_TEST(file.find("alice") == nullptr);
  BOOST_TEST(file.find("carol")->hash == one);
  const auto& complaints = file.complaints();
  BOOST_REQUIRE(complaints.size() == 4u);
  BOOST_TEST(complaints[0].starts_with("line 1: the hash is not bcrypt"));
  BOOST_TEST(complaints[1] == "line 2: is not USER:HASH");
  BOOST_TEST(complaints[2] == "line 3: is not USER:HASH");
  BOOST_TEST(complaints[3].starts_with("line 5: the user has an earlier line"));
  for (const auto& each : complaints)
    BOOST_TEST(each.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_decoy_costs_as_much_as_the_dearest_hash) {
  BOOST_TEST(auth::is_bcrypt(auth::htpasswd::parse("").decoy()));
  const auto file = auth::htpasswd::parse("a:" + one + "\nb:" + two + "\n");
  const auto& decoy = file.decoy();
  BOOST_TEST(auth::is_bcrypt(decoy));
  BOOST_TEST(auth::cost_of(decoy) == 5u);
  BOOST_TEST(!auth::matches("", decoy));
}

BOOST_AUTO_TEST_CASE(a_user_is_added_replaced_and_removed) {
  const std::string text = "# users\nalice:x\nbob:y";
  BOOST_TEST(auth::with_user(text, "carol", "z") == "# users\nalice:x\nbob:y\ncarol:z\n");
  BOOST_TEST(auth::with_user(text, "alice", "z") == "# users\nalice:z\nbob:y\n");
  BOOST_TEST(auth::with_user("a:1\na:2\n", "a", "3") == "a:3\n");
  BOOST_TEST(auth::with_user("", "a", "1") == "a:1\n");
  BOOST_TEST(auth::without_user(text, "alice") == "# users\nbob:y\n");
  BOOST_TEST(auth::without_user(text, "dave") == text + "\n");
  BOOST_TEST(auth::users_in(text) == (std::vector<std::string>{"alice", "bob"}));
}

BOOST_AUTO_TEST_CASE(names_of_users) {
  BOOST_TEST(auth::mistake_in_user("alice@example").empty());
  for (const std::string name : {"", "a:b", "a\n", "#a"})
    BOOST_TEST(!auth::mistake_in_user(name).empty(), name);
  BOOST_TEST(!auth::mistake_in_user(std::string(256, 'a')).empty());
}

BOOST_AUTO_TEST_SUITE_END()
