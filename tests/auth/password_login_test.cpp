#include "auth/password_login.hpp"

#include "auth/bcrypt.hpp"
#include "auth/right_password.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace gantry::auth;
using gantry::test::hash_of_right;
using gantry::test::temp_dir;
using login_clock = password_login::clock;

namespace {

struct with_users {
  temp_dir folder;
  /// Only the test's thread moves it, while no check is running.
  login_clock::time_point now = login_clock::time_point{1000h};
  password_login login{folder.path() / "htpasswd", [this] { return now; }};

  void write(const std::string& text) {
    folder.write("htpasswd", text);
    now += 1s; // the file is looked at again
  }

  outcome try_with(const std::string& user, const std::string& password) {
    const credentials who{user, password};
    if (const auto decided = login.decide(who, "127.0.0.1"))
      return *decided;
    std::promise<outcome> found;
    login.check(who, "127.0.0.1", [&found](outcome is) { found.set_value(is); });
    return found.get_future().get();
  }
  bool lets_in(const std::string& user, const std::string& password) {
    return try_with(user, password).is == verdict::accepted;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(password_login, with_users)

BOOST_AUTO_TEST_CASE(the_users_of_the_file_log_in) {
  write("alice:" + hash_of_right + "\n");
  BOOST_TEST(lets_in("alice", "right"));
  BOOST_TEST(!lets_in("alice", "wrong"));
  BOOST_TEST(!lets_in("bob", "right"));
  BOOST_TEST(!lets_in("", ""));
}

BOOST_AUTO_TEST_CASE(a_right_password_is_hashed_once) {
  write("alice:" + hash_of_right + "\n");
  const credentials alice{"alice", "right"};
  BOOST_TEST(!login.decide(alice, "127.0.0.1").has_value());
  BOOST_TEST(lets_in("alice", "right"));
  const auto known = login.decide(alice, "127.0.0.1");
  BOOST_REQUIRE(known.has_value());
  BOOST_TEST((known->is == verdict::accepted));
}

BOOST_AUTO_TEST_CASE(all_are_refused_until_the_file_is_there) {
  BOOST_TEST(!lets_in("alice", "right"));
  write("alice:" + hash_of_right + "\n");
  BOOST_TEST(lets_in("alice", "right"));
}

BOOST_AUTO_TEST_CASE(a_changed_file_counts_at_once_for_who_was_known) {
  write("alice:" + hash_of_right + "\n");
  BOOST_TEST(lets_in("alice", "right"));
  write("alice:" + make_bcrypt("other", 4) + "\n");
  BOOST_TEST(!lets_in("alice", "right"));
  BOOST_TEST(lets_in("alice", "other"));
  std::filesystem::remove(folder.path() / "htpasswd");
  now += 1s;
  BOOST_TEST(!lets_in("alice", "other"));
}

BOOST_AUTO_TEST_CASE(the_file_is_looked_at_once_per_second) {
  write("alice:" + hash_of_right + "\n");
  BOOST_TEST(lets_in("alice", "right"));
  std::filesystem::remove(folder.path() / "htpasswd");
  BOOST_TEST((login.decide({"alice", "right"}, "127.0.0.1")->is == verdict::accepted));
}

BOOST_AUTO_TEST_CASE(who_guesses_has_to_wait) {
  write("alice:" + hash_of_right + "\n");
  for (unsigned i = 0; i <= gantry::auth::failed_logins::free_failures; ++i)
    BOOST_TEST((try_with("alice", "guess").is == verdict::refused));
  const auto delayed = login.decide({"alice", "right"}, "127.0.0.1");
  BOOST_REQUIRE(delayed.has_value());
  BOOST_TEST((delayed->is == verdict::delayed));
  BOOST_TEST((delayed->wait == 1s));
  BOOST_TEST(!login.decide({"alice", "right"}, "127.0.0.2").has_value());
}

BOOST_AUTO_TEST_CASE(only_so_many_passwords_wait_for_a_check) {
  write("alice:" + hash_of_right + "\n");
  std::promise<void> go_on;
  const auto gate = go_on.get_future().share();
  std::vector<std::promise<outcome>> found(gantry::auth::password_login::max_waiting + 2);
  for (std::size_t i = 0; i < found.size(); ++i)
    login.check({"user" + std::to_string(i), ""}, "127.0.0.1",
                [&each = found[i], gate](outcome is) {
                  gate.wait(); // its thread is busy
                  each.set_value(is);
                });
  const auto delayed = login.decide({"bob", ""}, "127.0.0.1");
  go_on.set_value();
  BOOST_REQUIRE(delayed.has_value());
  BOOST_TEST((delayed->is == verdict::delayed));
  for (auto& each : found)
    BOOST_TEST((each.get_future().get().is == verdict::refused));
}

BOOST_AUTO_TEST_CASE(what_many_send_at_once_is_hashed_once) {
  write("alice:" + hash_of_right + "\n");
  std::promise<void> go_on;
  const auto gate = go_on.get_future().share();
  std::vector<std::promise<outcome>> busy(2); // as many as there are threads
  for (std::size_t i = 0; i < busy.size(); ++i)
    login.check({"user" + std::to_string(i), ""}, "127.0.0.1", [&each = busy[i], gate](outcome is) {
      gate.wait();
      each.set_value(is);
    });
  const auto before = busy.size();
  std::vector<std::promise<outcome>> found(20);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto who = i % 2 == 0 ? credentials{"alice", "right"} : credentials{"bob", "wrong"};
    login.check(who, "127.0.0.1", [&each = found[i]](outcome is) { each.set_value(is); });
  }
  go_on.set_value();
  for (std::size_t i = 0; i < found.size(); ++i)
    BOOST_TEST(
      (found[i].get_future().get().is == (i % 2 == 0 ? verdict::accepted : verdict::refused)));
  for (auto& each : busy)
    each.get_future().wait();
  BOOST_TEST(login.hashed() == before + 2);
  // Each of them has guessed, though.
  BOOST_TEST((login.decide({"bob", "other"}, "127.0.0.1")->is == verdict::delayed));
}

BOOST_AUTO_TEST_CASE(an_unknown_user_costs_a_hash_too) {
  write("alice:" + hash_of_right + "\n");
  BOOST_TEST(!lets_in("alice", "wrong"));
  BOOST_TEST(login.hashed() == 1u);
  BOOST_TEST(!lets_in("bob", "wrong"));
  BOOST_TEST(login.hashed() == 2u);
}

BOOST_AUTO_TEST_CASE(lines_that_are_not_bcrypt_let_nobody_in) {
  write("alice:$1$salt$hash\nbob:plain\n");
  BOOST_TEST(!lets_in("alice", "hash"));
  BOOST_TEST(!lets_in("bob", "plain"));
}

BOOST_AUTO_TEST_CASE(a_login_is_proved_by_the_password_that_the_user_has) {
  write("alice:" + hash_of_right + "\n");
  const auto found = try_with("alice", "right").found;
  BOOST_TEST(found->who.user == "alice");
  BOOST_TEST((found->by.of == proof::kind::password));
  BOOST_TEST(found->by.text.find(hash_of_right) == std::string::npos);
  BOOST_TEST(login.holds("alice", found->by.text));
  BOOST_TEST(!login.holds("bob", found->by.text));
  BOOST_TEST(!login.holds("alice", ""));
  // One that is remembered has the same proof.
  BOOST_TEST((try_with("alice", "right").found->by == found->by));
  write("alice:" + make_bcrypt("other", 4) + "\n");
  BOOST_TEST(!login.holds("alice", found->by.text));
}

BOOST_AUTO_TEST_SUITE_END()
