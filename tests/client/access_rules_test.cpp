#include "client/access_rules.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

namespace client = gantry::client;

namespace {

struct token_text {
  const char* text;
  /// Empty: there is none.
  const char* token;
  int lifetime;
};

std::ostream& operator<<(std::ostream& out, const token_text& value) {
  return out << value.text;
}

const token_text tokens[] = {
  {R"({"token":"a"})", "a", 60},
  {R"({"access_token":"a","expires_in":300,"issued_at":"2020-01-01T00:00:00Z"})", "a", 300},
  {R"({"token":"a","access_token":"b"})", "a", 60},
  {R"({"token":"","access_token":"b"})", "b", 60},
  {R"({"token":"a","expires_in":-5})", "a", 0},
  {R"({"token":"a","expires_in":9223372036854775807})", "a", 31'536'000},
  {R"({"token":"a","expires_in":"soon"})", "a", 60},
  {R"({"token":7})", "", 0},
  {"{}", "", 0},
  {"[]", "", 0},
  {"", "", 0},
};

} // namespace

BOOST_AUTO_TEST_SUITE(access_rules)

BOOST_DATA_TEST_CASE(a_token_is_read, tokens) {
  const auto read = client::read_token(sample.text);
  BOOST_REQUIRE(read.has_value() == !std::string{sample.token}.empty());
  if (read) {
    BOOST_TEST(read->token == sample.token);
    BOOST_TEST(read->lifetime.count() == sample.lifetime);
  }
}

BOOST_AUTO_TEST_CASE(credentials_are_written_in_base64) {
  BOOST_TEST(client::basic_authorization({"Aladdin", "open sesame"}) ==
             "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  BOOST_TEST(client::basic_authorization({"", ""}) == "Basic Og==");
  BOOST_TEST(client::basic_authorization({"a", "\xff\xfe"}) == "Basic YTr//g==");
}

BOOST_AUTO_TEST_CASE(a_token_request_is_escaped_and_appended) {
  client::token_realm realm;
  BOOST_TEST(client::token_target(realm, {}) == "/");
  realm.target = "/token?a=b";
  realm.service = "my registry & co";
  BOOST_TEST(
    client::token_target(realm, {"repository:a/b:pull,push", "x+y"}) ==
    "/token?a=b&service=my%20registry%20%26%20co&scope=repository:a/b:pull,push&scope=x%2By");
  BOOST_TEST(client::token_form(realm, {"repository:a:pull", "x"}, {{}, {}, "a+b="}) ==
             "grant_type=refresh_token&client_id=gantry&service=my%20registry%20%26%20co&scope="
             "repository:a:pull%20x&refresh_token=a%2Bb%3D");
}

BOOST_AUTO_TEST_SUITE_END()
