// `gantry token`: the personal access tokens of a file.
#include "app/tokens.hpp"

#include "app/typed_words.hpp"
#include "auth/personal_token.hpp"
#include "support/golden.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

using namespace gantry;
using namespace gantry::app;
using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

struct own_tokens {
  temp_dir folder;
  std::filesystem::path file = folder.path() / "tokens";

  /// What the command prints.
  static std::string output_of(const token_command& command) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output{std::tmpfile(), &std::fclose};
    BOOST_TEST(run(command, output.get()) == 0);
    std::rewind(output.get());
    std::array<char, 4096> text{};
    return {text.data(), std::fread(text.data(), 1, text.size(), output.get())};
  }
  std::string create(token_command command) const {
    command.action = token_action::create;
    command.file = file;
    auto text = output_of(command);
    BOOST_REQUIRE(text.ends_with('\n'));
    text.pop_back();
    return text;
  }
  std::vector<auth::personal_token> known() const {
    const auto read = auth::read_personal_tokens(read_text(file));
    BOOST_TEST(read.complaints.empty());
    return read.tokens;
  }
};

token_command parse_token(std::vector<const char*> words) {
  words.insert(words.begin(), "token");
  return std::get<token_command>(parse(std::move(words)));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tokens, own_tokens)

BOOST_AUTO_TEST_CASE(a_token_is_made_listed_and_revoked) {
  const auto text = create({.user = "ci",
                            .note = "nightly",
                            .scopes = {"repository:a/**:pull", "registry:catalog:*"},
                            .lifetime = 24h});
  const auto read = auth::read_personal_text(text);
  BOOST_REQUIRE(read);
  const auto first = known();
  BOOST_REQUIRE(first.size() == 1U);
  BOOST_TEST(first[0].id == read->id);
  BOOST_TEST((first[0].secret == read->secret));
  BOOST_TEST(first[0].scopes == "repository:a/**:pull registry:catalog:*");
  BOOST_TEST((first[0].end == first[0].made + 24h));
  BOOST_TEST(read_text(file).find(text.substr(text.size() - 64)) == std::string::npos);
  create({.user = "bob"});
  const auto listed = output_of({.action = token_action::list, .file = file});
  BOOST_TEST(listed.find(first[0].id + "  ci  made 20") == 0U);
  BOOST_TEST(listed.find("repository:a/**:pull registry:catalog:*  nightly\n") !=
             std::string::npos);
  BOOST_TEST(listed.find("  bob  made ") != std::string::npos);
  BOOST_TEST(listed.find("never ends  no limit\n") != std::string::npos);
  BOOST_TEST(output_of({.action = token_action::revoke, .file = file, .id = first[0].id}).empty());
  const auto left = known();
  BOOST_REQUIRE(left.size() == 1U);
  BOOST_TEST(left[0].user == "bob");
}

BOOST_AUTO_TEST_CASE(mistakes_change_nothing) {
  BOOST_CHECK_THROW(run({.action = token_action::list, .file = file}), std::runtime_error);
  create({.user = "ci"});
  const auto before = read_text(file);
  BOOST_CHECK_THROW(create({.user = "a:b"}), std::runtime_error);
  BOOST_CHECK_THROW(create({.user = "a", .scopes = {"everything"}}), std::invalid_argument);
  BOOST_CHECK_THROW(run({.action = token_action::revoke, .file = file, .id = "000000000000"}),
                    std::runtime_error);
  BOOST_TEST(read_text(file) == before);
}

BOOST_AUTO_TEST_CASE(the_command_line_is_read) {
  const auto made =
    parse_token({"create", "FILE", "--user", "ci", "--scope", "repository:a:pull", "--scope",
                 "registry:catalog:*", "--expires", "90d", "--note", "a b"});
  BOOST_TEST((made.action == token_action::create));
  BOOST_TEST(made.file == "FILE");
  BOOST_TEST(made.user == "ci");
  BOOST_TEST(made.scopes == (std::vector<std::string>{"repository:a:pull", "registry:catalog:*"}));
  BOOST_TEST((made.lifetime == std::chrono::days{90}));
  BOOST_TEST(made.note == "a b");
  const auto revoked = parse_token({"revoke", "FILE", "0123"});
  BOOST_TEST((revoked.action == token_action::revoke));
  BOOST_TEST(revoked.id == "0123");
  BOOST_TEST((parse_token({"list", "F"}).action == token_action::list));
}

BOOST_AUTO_TEST_SUITE_END()
