#include "app/users.hpp"

#include "app/typed_words.hpp"
#include "auth/bcrypt.hpp"
#include "auth/htpasswd.hpp"
#include "support/golden.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include <sys/stat.h>

using namespace gantry;
using namespace gantry::app;
using namespace gantry::test;

namespace {

struct own_file {
  temp_dir folder;
  std::filesystem::path file = folder.path() / "htpasswd";

  void change(user_action action, const std::string& user, const std::string& typed = {}) const {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> input{std::tmpfile(), &std::fclose};
    std::fputs(typed.c_str(), input.get());
    std::rewind(input.get());
    BOOST_TEST(run({action, file, user, 4}, input.get()) == 0);
  }
  bool lets_in(const std::string& user, const std::string& password) const {
    const auto users = auth::htpasswd::parse(read_text(file));
    const auto* const known = users.find(user);
    return known && auth::matches(password, known->hash);
  }
};

user_command parse_user(std::vector<const char*> words) {
  words.insert(words.begin(), "user");
  return std::get<user_command>(parse(std::move(words)));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(users, own_file)

BOOST_AUTO_TEST_CASE(a_user_comes_changes_and_goes) {
  change(user_action::add, "alice", "first\n");
  change(user_action::add, "bob", "other");
  BOOST_TEST(lets_in("alice", "first"));
  BOOST_TEST(lets_in("bob", "other"));
  change(user_action::change_password, "alice", "second\r\n");
  BOOST_TEST(!lets_in("alice", "first"));
  BOOST_TEST(lets_in("alice", "second"));
  change(user_action::remove, "alice");
  BOOST_TEST(auth::users_in(read_text(file)) == std::vector<std::string>{"bob"});
}

BOOST_AUTO_TEST_CASE(a_new_file_belongs_to_its_owner_alone_and_a_known_mode_stays) {
  const auto mode = [this] {
    struct stat seen {};
    BOOST_REQUIRE(::stat(file.c_str(), &seen) == 0);
    return seen.st_mode & 07777;
  };
  change(user_action::add, "alice", "x\n");
  BOOST_TEST(mode() == 0600u);
  ::chmod(file.c_str(), 0640);
  change(user_action::add, "bob", "x\n");
  BOOST_TEST(mode() == 0640u);
}

BOOST_AUTO_TEST_CASE(a_link_to_the_file_stays) {
  const auto real = folder.write("real", "# users\n");
  std::filesystem::create_symlink(real, file);
  change(user_action::add, "alice", "x\n");
  BOOST_TEST(std::filesystem::is_symlink(file));
  BOOST_TEST(read_text(real).starts_with("# users\nalice:$2y$04$"));
}

BOOST_AUTO_TEST_CASE(mistakes_change_nothing) {
  change(user_action::add, "alice", "x\n");
  const auto before = read_text(file);
  BOOST_CHECK_THROW(change(user_action::add, "alice", "y\n"), std::runtime_error);
  BOOST_CHECK_THROW(change(user_action::add, "a:b", "y\n"), std::runtime_error);
  BOOST_CHECK_THROW(change(user_action::add, "bob", "\n"), std::runtime_error);
  BOOST_CHECK_THROW(change(user_action::add, "bob", std::string(73, 'x')), std::runtime_error);
  BOOST_CHECK_THROW(change(user_action::change_password, "bob", "y\n"), std::runtime_error);
  BOOST_CHECK_THROW(change(user_action::remove, "bob"), std::runtime_error);
  BOOST_TEST(read_text(file) == before);
  BOOST_TEST(std::distance(std::filesystem::directory_iterator{folder.path()}, {}) == 1);
}

BOOST_AUTO_TEST_CASE(the_command_line_is_read) {
  const auto added = parse_user({"add", "FILE", "alice", "--cost", "12"});
  BOOST_TEST((added.action == user_action::add));
  BOOST_TEST(added.file == "FILE");
  BOOST_TEST(added.user == "alice");
  BOOST_TEST(added.cost == 12u);
  BOOST_TEST((parse_user({"passwd", "F", "a"}).action == user_action::change_password));
  BOOST_TEST((parse_user({"remove", "F", "a"}).action == user_action::remove));
  BOOST_TEST((parse_user({"list", "F"}).action == user_action::list));
}

BOOST_AUTO_TEST_SUITE_END()
