#include "client/challenge.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

namespace client = gantry::client;

namespace {

/// All challenges in one line: `scheme{name=value;…}`.
std::string render(const std::vector<client::challenge>& challenges) {
  std::string text;
  for (const auto& each : challenges) {
    text += each.scheme + "{";
    for (const auto& [name, value] : each.parameters)
      text.append(name).append("=").append(value).append(";");
    text += "}";
  }
  return text;
}

struct field {
  const char* text;
  const char* meaning;
};

std::ostream& operator<<(std::ostream& out, const field& value) {
  return out << value.text;
}

const field fields[] = {
  {"", ""},
  {"Basic", "basic{}"},
  {R"(Basic realm="a b")", "basic{realm=a b;}"},
  {R"(BASIC Realm=x , Charset = "UTF-8")", "basic{charset=UTF-8;realm=x;}"},
  {R"(Bearer realm="https://a/token",service="r",scope="repository:a/b:pull,push")",
   "bearer{realm=https://a/token;scope=repository:a/b:pull,push;service=r;}"},
  {R"(Bearer realm="x",scope="repository:a:pull repository:b:pull,push",error="invalid_token")",
   "bearer{error=invalid_token;realm=x;scope=repository:a:pull repository:b:pull,push;}"},
  {R"(Bearer realm="quote \" and \\ back")", R"(bearer{realm=quote " and \ back;})"},
  {R"(Basic realm="a", Bearer realm="b",service="c")", "basic{realm=a;}bearer{realm=b;service=c;}"},
  {R"(Negotiate, Basic realm="a")", "negotiate{}basic{realm=a;}"},
  {R"(Negotiate a87421000492aa874209af8bc028==, Basic realm="a")", "negotiate{}basic{realm=a;}"},
  {R"(NTLM abc/+.~, Basic realm="a")", "ntlm{}basic{realm=a;}"},
  {R"(,, Basic ,realm="a",,)", "basic{realm=a;}"},
  {R"(Bearer realm="",service=)", "bearer{realm=;service=;}"},
  // A mistake and everything after it are skipped.
  {R"(realm="a")", ""},
  {R"("quoted" Basic)", ""},
  {R"(Basic realm="no end)", "basic{}"},
  {R"(Basic realm="no end\)", "basic{}"},
  {R"(Basic realm="a", @ Bearer realm="b")", "basic{realm=a;}"},
  {R"(Basic realm="a", x/y Bearer)", "basic{realm=a;}"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(challenge)

BOOST_DATA_TEST_CASE(a_field_is_parsed, fields) {
  BOOST_TEST(render(client::parse_challenges(sample.text)) == sample.meaning);
}

BOOST_AUTO_TEST_CASE(a_parameter_is_found_by_its_name) {
  const auto read = client::parse_challenges(R"(Bearer SERVICE="r")");
  BOOST_REQUIRE(read.size() == 1u);
  BOOST_TEST(read[0].parameter("service") == "r");
  BOOST_TEST(read[0].parameter("realm").empty());
}

BOOST_AUTO_TEST_SUITE_END()
