// Personal access tokens, and the files that list them.
#include "auth/personal_token.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(personal_token)

namespace {

using namespace gantry::auth;

std::string complaint_about(const std::string& line) {
  const auto read = read_personal_tokens("# a comment\n\n" + line + "\n");
  return read.tokens.empty() && read.complaints.size() == 1 ? read.complaints[0] : "none";
}

const std::string hash(64, 'a');

std::string line_with(const std::string& members) {
  return R"({"id":"0123456789ab","user":"ci","sha256":")" + hash + "\"" + members + "}";
}

} // namespace

BOOST_AUTO_TEST_CASE(only_a_hash_is_kept) {
  auto made = make_personal_token("ci");
  BOOST_TEST(made.text.starts_with("gantry-pat-" + made.known.id + "-"));
  made.known.note = "a \"note\"";
  made.known.made = std::chrono::sys_days{std::chrono::year{2026} / 1 / 31};
  made.known.end = made.known.made + 24h;
  made.known.scopes = "repository:team/**:pull,push registry:catalog:*";
  const auto file = with_token("# mine", made.known);
  BOOST_TEST(file.starts_with("# mine\n{"));
  BOOST_TEST(file.find(made.text.substr(24)) == std::string::npos);
  const auto read = read_personal_tokens(file);
  BOOST_TEST(read.complaints.empty());
  BOOST_REQUIRE(read.tokens.size() == 1U);
  const auto& known = read.tokens[0];
  BOOST_TEST(known.id == made.known.id);
  BOOST_TEST(known.user == "ci");
  BOOST_TEST(known.note == made.known.note);
  BOOST_TEST((known.made == made.known.made));
  BOOST_TEST((known.end == made.known.end));
  BOOST_TEST(known.scopes == made.known.scopes);
  const auto text = read_personal_text(made.text);
  BOOST_REQUIRE(text);
  BOOST_TEST(text->id == known.id);
  BOOST_TEST((text->secret == known.secret));
}

BOOST_AUTO_TEST_CASE(each_is_another_one) {
  BOOST_TEST(make_personal_token("ci").text != make_personal_token("ci").text);
}

BOOST_AUTO_TEST_CASE(what_is_no_token_is_none) {
  const auto text = make_personal_token("ci").text;
  for (const auto& other : {std::string{}, std::string{"gantry-pat-"}, text.substr(1), text + "0",
                            text.substr(0, text.size() - 1), std::string(text.size(), 'a')})
    BOOST_TEST(!read_personal_text(other), other);
}

BOOST_AUTO_TEST_CASE(a_token_is_taken_out) {
  const auto one = make_personal_token("a").known;
  const auto two = make_personal_token("b").known;
  const auto file = with_token(with_token("# mine\nnonsense\n", one), two);
  const auto left = without_token(file, one.id);
  BOOST_TEST(left == with_token("# mine\nnonsense\n", two));
  BOOST_TEST(without_token(left, one.id) == left);
}

BOOST_AUTO_TEST_CASE(broken_lines_do_not_count_and_say_why) {
  BOOST_TEST(complaint_about("nonsense") == "line 3 does not count: it is no JSON object");
  BOOST_TEST(complaint_about(R"({"id":"x"})").find("sha256 has 64") != std::string::npos);
  BOOST_TEST(
    complaint_about(R"({"id":"x","user":"a","sha256":")" + hash + "\"}").find("id has 12") !=
    std::string::npos);
  BOOST_TEST(complaint_about(line_with(R"(,"end":"tomorrow")")).find("end is no time") !=
             std::string::npos);
  BOOST_TEST(complaint_about(line_with(R"(,"note":7)")).find("note is no text") !=
             std::string::npos);
  // Otherwise a slip of the pen would take the limit away.
  BOOST_TEST(complaint_about(line_with(R"(,"scopes":"repository:a:read")")).find("'read'") !=
             std::string::npos);
  BOOST_TEST(complaint_about(line_with(R"(,"user":"b")")).find("no JSON object") !=
             std::string::npos);
  BOOST_TEST(complaint_about(line_with("")) == "none");
}

BOOST_AUTO_TEST_SUITE_END()
