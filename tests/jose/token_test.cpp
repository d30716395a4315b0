// Reading tokens: what is understood of a header, and what is refused.
#include "jose/token.hpp"

#include "base/base64url.hpp"
#include "jose/samples.hpp"
#include "jose/vectors.hpp"
#include "support/mutation.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace gantry;
using namespace gantry::jose;

BOOST_AUTO_TEST_SUITE(token)

namespace {

outcome<gantry::jose::token> parse_with(std::string_view header) {
  return parse_token(test::compact(header, "{}", "signature"));
}

/// A good header with one more member.
std::string verdict_with(const std::string& member) {
  return verdict(parse_with(R"({"alg":"ES256",)" + member + "}"));
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

} // namespace

BOOST_AUTO_TEST_CASE(the_parts_of_a_token_are_read) {
  const auto sent =
    parse_token(test::compact(R"({"alg":"ES384","typ":"JWT","kid":"a"})", R"({"iss":"b"})", "c"))
      .value();
  BOOST_TEST((sent.alg == jose::algorithm::es384));
  BOOST_TEST(sent.key_id.value() == "a");
  BOOST_TEST(sent.chain.empty());
  BOOST_TEST(sent.payload == R"({"iss":"b"})");
  BOOST_TEST(sent.signature == "c");
  BOOST_TEST(sent.signed_text == to_base64url(R"({"alg":"ES384","typ":"JWT","kid":"a"})") + "." +
                                   to_base64url(R"({"iss":"b"})"));
}

BOOST_AUTO_TEST_CASE(the_examples_of_the_specifications_are_read) {
  for (const auto& other : signed_by_others)
    BOOST_TEST(verdict(parse_token(other.token)) == "accepted", other.token);
}

BOOST_AUTO_TEST_CASE(a_token_has_exactly_three_parts) {
  const auto header = to_base64url(R"({"alg":"ES256"})");
  for (const auto& text : {std::string{}, std::string{"."}, std::string{".."}, std::string{"..."},
                           header, header + ".", header + ".e30", header + ".e30.AA.",
                           header + ".e30.AA.AA", "." + header + ".e30", header + ".e30.AA.AA.AA"})
    BOOST_TEST(verdict(parse_token(text)) == "malformed", text);
  // An empty signature is one that does not verify.
  BOOST_TEST(parse_token(header + ".e30.")->signature.empty());
}

BOOST_AUTO_TEST_CASE(parts_are_strict_base64url) {
  const auto header = to_base64url(R"({"alg":"ES256"} )");
  BOOST_TEST(header.size() % 4 != 0u);
  const auto padded = header + std::string(4 - header.size() % 4, '=');
  BOOST_TEST(verdict(parse_token(header + ".e30.AA")) == "accepted");
  for (const auto& text :
       {padded + ".e30.AA", header + ".e30=.AA", header + ".e30.AA==", header + ".e30.AB",
        header + ".e31.AA", header + ".e30.A", header + ".e30.+A", header + ".e30./A",
        header + ".e30.AA\n", " " + header + ".e30.AA", header + ". e30.AA"})
    BOOST_TEST(verdict(parse_token(text)) == "malformed", text);
}

BOOST_AUTO_TEST_CASE(tokens_are_bounded) {
  const auto start = to_base64url(R"({"alg":"ES256"})") + ".e30.";
  auto room = max_token_size - start.size();
  room -= room % 4;
  const auto longest = start + std::string(room, 'A');
  BOOST_TEST(verdict(parse_token(longest)) == "accepted");
  BOOST_TEST(verdict(parse_token(longest + std::string(4, 'A'))) == "too_large");
  BOOST_TEST(verdict(parse_token(std::string(10'000'000, '.'))) == "too_large");
}

BOOST_AUTO_TEST_CASE(a_header_is_strict_json) {
  for (const std::string_view header :
       {"", "{", "[]", "null", "\"alg\"", R"({"alg":"ES256"} x)", R"({'alg':'ES256'})",
        R"({"alg":"ES256",})", R"({"alg":"ES256"}{})", "{\"alg\":\"ES256\",\"a\":\"\xff\"}",
        "\xef\xbb\xbf{\"alg\":\"ES256\"}", R"({"alg":"ES256","a":NaN})", R"({"a":"ES256"})",
        R"({"alg":"ES256"/**/})"})
    BOOST_TEST(verdict(parse_with(header)) == "malformed", header);
  BOOST_TEST(verdict(parse_with(std::string{"{\"alg\":\"ES256\"}\0", 16})) == "malformed");
}

BOOST_AUTO_TEST_CASE(duplicate_members_of_a_header_are_refused) {
  for (const std::string_view header :
       {R"({"alg":"ES256","alg":"ES256"})", R"({"alg":"none","alg":"ES256"})",
        R"({"alg":"ES256","\u0061lg":"none"})", R"({"alg":"ES256","kid":"a","kid":"b"})",
        R"({"alg":"ES256","jwk":{"kty":"EC","kty":"oct"}})", R"({"alg":"ES256","a":1,"a":1})"})
    BOOST_TEST(verdict(parse_with(header)) == "malformed", header);
}

BOOST_AUTO_TEST_CASE(deep_headers_are_refused) {
  BOOST_TEST(verdict_with(R"("a":)" + nested(7)) == "accepted");
  BOOST_TEST(verdict_with(R"("a":)" + nested(8)) == "malformed");
  BOOST_TEST(verdict_with(R"("a":)" + nested(5000)) == "malformed");
}

BOOST_AUTO_TEST_CASE(only_known_algorithms_are_accepted) {
  for (const auto name : algorithm_names())
    BOOST_TEST(verdict(parse_with(R"({"alg":")" + std::string{name} + R"("})")) == "accepted",
               name);
  for (const auto* name : {"HS256", "HS384", "HS512", "PS256", "ES512", "ES256K", "Ed25519",
                           "es256", "ES256 ", "", "ES256\\u0000", "RSA-OAEP", "dir"})
    BOOST_TEST(verdict(parse_with(R"({"alg":")" + std::string{name} + R"("})")) ==
                 "algorithm_refused",
               name);
  for (const auto* other : {"null", "1", "true", "[\"ES256\"]", "{}"})
    BOOST_TEST(verdict(parse_with(R"({"alg":)" + std::string{other} + "}")) == "malformed", other);
}

BOOST_AUTO_TEST_CASE(none_is_refused_in_all_cases_of_letters) {
  for (unsigned upper = 0; upper < 16; ++upper) {
    std::string name = "none";
    for (std::size_t i = 0; i < name.size(); ++i)
      if ((upper >> i & 1U) != 0)
        name[i] = static_cast<char>(name[i] - 'a' + 'A');
    const auto header = R"({"alg":")" + name + R"("})";
    BOOST_TEST(verdict(parse_token(test::compact(header, "{}", ""))) == "algorithm_refused", name);
    BOOST_TEST(verdict(parse_with(header)) == "algorithm_refused", name);
  }
}

BOOST_AUTO_TEST_CASE(the_type_is_absent_or_that_of_a_token) {
  for (const auto* type : {"JWT", "jwt", "Jwt", "at+jwt", "AT+JWT", "application/jwt",
                           "application/at+jwt", "APPLICATION/JWT"})
    BOOST_TEST(verdict_with(R"("typ":")" + std::string{type} + '"') == "accepted", type);
  for (const auto* type : {"", "JWS", "JOSE", "JWT ", " JWT", "dpop+jwt", "logout+jwt",
                           "secevent+jwt", "application/logout+jwt", "text/jwt", "JWTx"})
    BOOST_TEST(verdict_with(R"("typ":")" + std::string{type} + '"') == "type_refused", type);
  for (const auto* other : {"null", "1", "[\"JWT\"]"})
    BOOST_TEST(verdict_with(R"("typ":)" + std::string{other}) == "malformed", other);
}

BOOST_AUTO_TEST_CASE(extensions_that_must_be_understood_are_refused) {
  for (const auto* member :
       {R"("crit":["exp"],"exp":1)", R"("crit":[])", R"("crit":null)", R"("crit":"b64")",
        R"("crit":["b64"],"b64":false)", R"("b64":false)", R"("b64":true)", R"("b64":null)"})
    BOOST_TEST(verdict_with(member) == "extension_refused", member);
}

BOOST_AUTO_TEST_CASE(the_name_of_the_key_is_a_string) {
  for (const auto* other : {"null", "1", "[]", "{}", "false"})
    BOOST_TEST(verdict_with(R"("kid":)" + std::string{other}) == "malformed", other);
  BOOST_TEST(parse_with(R"({"alg":"ES256","kid":""})")->key_id.value() == "");
  BOOST_TEST(parse_with(R"({"alg":"ES256","kid":"a\u0000b"})")->key_id.value().size() == 3u);
  BOOST_TEST(!parse_with(R"({"alg":"ES256"})")->key_id.has_value());
}

BOOST_AUTO_TEST_CASE(a_chain_is_a_list_of_certificates_in_base64) {
  const auto sent = parse_with(R"({"alg":"ES256","x5c":["AA==","+/8="]})").value();
  BOOST_TEST_REQUIRE(sent.chain.size() == 2u);
  BOOST_TEST(sent.chain[1] == "\xfb\xff");
  for (const auto* other :
       {"null", "\"AA==\"", "[]", "[1]", "[null]", "[[\"AA==\"]]", R"(["AA"])", R"(["-_8="])",
        R"(["AA==\n"])", R"(["AA==","*"])", R"(["","","","","",""])"})
    BOOST_TEST(verdict_with(R"("x5c":)" + std::string{other}) == "malformed", other);
}

BOOST_AUTO_TEST_CASE(what_else_a_header_holds_is_not_used) {
  for (const auto* member :
       {R"("jwk":{"kty":"oct","k":"AA"})", R"("jwk":1)", R"("jku":"https://evil.example/keys")",
        R"("x5u":"file:///etc/passwd")", R"("x5t":"AA","x5t#S256":"AA")", R"("cty":"JWT")",
        R"("zip":"DEF")", R"("enc":"A256GCM")", R"("nonce":"a")"}) {
    const auto sent = parse_with(R"({"alg":"ES256",)" + std::string{member} + "}");
    BOOST_TEST_REQUIRE(sent.has_value(), member);
    BOOST_TEST(!sent->key_id.has_value(), member);
    BOOST_TEST(sent->chain.empty(), member);
  }
}

BOOST_AUTO_TEST_CASE(details_show_little_of_a_token) {
  const std::string secret(2000, 'A');
  for (const auto& text :
       {secret, secret + "." + secret + "." + secret,
        test::compact(R"({"alg":")" + secret + R"("})", "{}", ""),
        test::compact(R"({"alg":"ES256","typ":")" + secret + R"("})", "{}", ""),
        test::compact(R"({")" + secret + R"(":1,")" + secret + R"(":1})", "{}", "")}) {
    const auto said = detail(parse_token(text));
    BOOST_TEST(said.size() < 200u, said);
    BOOST_TEST(said.find(secret.substr(0, max_shown + 1)) == std::string::npos, said);
  }
  const auto said = detail(parse_with("{\"alg\":\"\\n\\u001b[31m\\u00e4z\"}"));
  BOOST_TEST(said == "the algorithm '??[31m??z' is not accepted");
}

BOOST_AUTO_TEST_CASE(damaged_tokens_are_read_or_refused) {
  test::mutator damage;
  const std::string header = R"({"alg":"ES256","typ":"JWT","kid":"a","x5c":["AA=="]})";
  for (int i = 0; i < 2000; ++i) {
    const auto text = damage(test::compact(header, "{}", "signature"));
    if (const auto sent = parse_token(text))
      BOOST_TEST(text == sent->signed_text + "." + to_base64url(sent->signature));
    const auto damaged = parse_with(damage(header));
    BOOST_TEST((damaged || !damaged.error().detail.empty()));
  }
}

BOOST_AUTO_TEST_SUITE_END()
