// The files of `docker login`.
#include "copying/docker_credentials.hpp"

#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <stdexcept>
#include <string>

using namespace gantry;

namespace {

std::string found(std::string_view text, std::string_view host) {
  try {
    const auto who = copying::read_credentials(text, host);
    return who ? who->user + '/' + who->password : "none";
  } catch (const std::runtime_error& refused) {
    return refused.what();
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(docker_credentials)

BOOST_AUTO_TEST_CASE(an_entry_is_found_by_its_host) {
  // "ci:a:b"
  const std::string text = R"({"auths": {"https://one:5000/v1/": {"auth": "Y2k6YTpi"},
    "https://index.docker.io/v1/": {"auth": "Y2k6YTpi"},
    "two": {"username": "me", "password": "p"}, "helped": {}}})";
  BOOST_TEST(found(text, "one:5000") == "ci/a:b");
  BOOST_TEST(found(text, "two") == "me/p");
  BOOST_TEST(found(text, "docker.io") == "ci/a:b");
  BOOST_TEST(found(text, "one") == "none");
  BOOST_TEST(found(text, "helped") == "none");
  BOOST_TEST(found("{}", "one") == "none");
}

BOOST_AUTO_TEST_CASE(an_entry_without_a_password_says_what_to_do) {
  const auto* text = R"({"auths": {"a": {"identitytoken": "x", "auth": "eDo="}}})";
  BOOST_TEST(copying::read_credentials(text, "a")->identity_token == "x");
  BOOST_TEST(found(R"({"auths": {"a": {"auth": "?"}}})", "a").starts_with("it has no password"));
  BOOST_TEST(found("[]", "a") == "it is not an object of JSON");
}

BOOST_AUTO_TEST_CASE(the_first_file_with_an_entry_counts) {
  const test::temp_dir folder;
  folder.write("docker/config.json", R"({"auths": {"a": {"username": "docker"}}})");
  folder.write("home/.docker/config.json",
               R"({"auths": {"a": {"username": "home"}, "b": {"username": "home"}}})");
  std::map<std::string, std::string> variables{
    {"DOCKER_CONFIG", (folder.path() / "docker").string()},
    {"HOME", (folder.path() / "home").string()}};
  const auto user = [&](const char* host) {
    const auto who = copying::find_credentials(host, [&](const char* name) {
      return std::as_const(variables).count(name) > 0 ? variables.at(name) : "";
    });
    return who ? who->user : "none";
  };
  BOOST_TEST(user("a") == "docker");
  BOOST_TEST(user("b") == "home");
  BOOST_TEST(user("c") == "none");
  variables["REGISTRY_AUTH_FILE"] = (folder.path() / "absent").string();
  BOOST_CHECK_THROW(user("a"), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
