// What a token says.
#include "jose/claims.hpp"

#include "base/timestamp.hpp"
#include "jose/samples.hpp"

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::jose;

BOOST_AUTO_TEST_SUITE(claims)

namespace {

using std::chrono::milliseconds;

/// Milliseconds since 1970; negative if it is refused.
long long end_of(const std::string& number) {
  const auto read = read_claims(R"({"exp":)" + number + "}");
  return read ? read->expires.value().time_since_epoch() / milliseconds{1} : -1;
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

} // namespace

BOOST_AUTO_TEST_CASE(all_registered_claims_are_read) {
  const auto read =
    read_claims(R"({"iss":"https://i.example","sub":"s","aud":"a","exp":20,"nbf":10,)"
                R"("iat":5,"jti":"j","access":[{"type":"repository"}]})")
      .value();
  BOOST_TEST(read.issuer.value() == "https://i.example");
  BOOST_TEST(read.subject.value() == "s");
  BOOST_TEST(read.audiences == std::vector<std::string>{"a"}, boost::test_tools::per_element());
  BOOST_TEST((read.expires.value() == numeric_date{milliseconds{20'000}}));
  BOOST_TEST((read.not_before.value() == numeric_date{milliseconds{10'000}}));
  BOOST_TEST((read.issued.value() == numeric_date{milliseconds{5'000}}));
  BOOST_TEST(read.id.value() == "j");
  BOOST_TEST(read.all.size() == 8u);
  BOOST_TEST(read.all.at("access").as_array().at(0).at("type") == "repository");
}

BOOST_AUTO_TEST_CASE(no_claim_is_required_here_and_null_is_none) {
  for (const auto* text : {"{}", R"({"iss":null,"sub":null,"aud":null,"exp":null,"nbf":null,)"
                                 R"("iat":null,"jti":null})"}) {
    const auto read = read_claims(text).value();
    BOOST_TEST(!read.issuer.has_value());
    BOOST_TEST(!read.subject.has_value());
    BOOST_TEST(read.audiences.empty());
    BOOST_TEST(!read.expires.has_value());
    BOOST_TEST(!read.not_before.has_value());
    BOOST_TEST(!read.issued.has_value());
    BOOST_TEST(!read.id.has_value());
  }
}

BOOST_AUTO_TEST_CASE(an_anonymous_subject_is_an_empty_one) {
  BOOST_TEST(read_claims(R"({"sub":""})")->subject.value() == "");
}

BOOST_AUTO_TEST_CASE(an_audience_is_one_or_several) {
  const std::vector<std::string> both{"a", "b"};
  BOOST_TEST(read_claims(R"({"aud":["a","b"]})")->audiences == both,
             boost::test_tools::per_element());
  BOOST_TEST(read_claims(R"({"aud":[]})")->audiences.empty());
  for (const auto* other :
       {"1", "true", "{}", R"({"a":"a"})", "[1]", R"(["a",null])", R"([["a"]])"})
    BOOST_TEST(verdict(read_claims(R"({"aud":)" + std::string{other} + "}")) == "claims_invalid",
               other);
}

BOOST_AUTO_TEST_CASE(dates_may_have_fractions_and_exponents) {
  BOOST_TEST(end_of("0") == 0);
  BOOST_TEST(end_of("0.0") == 0);
  BOOST_TEST(end_of("1300819380") == 1'300'819'380'000);
  BOOST_TEST(end_of("1300819380.5") == 1'300'819'380'500);
  BOOST_TEST(end_of("1300819380.9999") == 1'300'819'380'999);
  BOOST_TEST(end_of("1.3e9") == 1'300'000'000'000);
}

BOOST_AUTO_TEST_CASE(dates_that_the_clock_cannot_hold_are_far_away) {
  const auto last = last_date.time_since_epoch() / milliseconds{1};
  BOOST_TEST(end_of("7258118399.999") == last - 1);
  BOOST_TEST(end_of("7258118400") == last);
  BOOST_TEST(end_of("9999999999") == last);
  BOOST_TEST(end_of("253402300799") == last);
  BOOST_TEST((parse_timestamp("2200-01-01T00:00:00Z").value() == last_date));
}

BOOST_AUTO_TEST_CASE(dates_out_of_range_are_refused) {
  for (const auto* number :
       {"-1", "-0.1", "-9223372036854775808", "253402300800", "1e12", "9223372036854775807",
        "18446744073709551615", "18446744073709551616", "1e308", "1e999", "-1e999",
        "99999999999999999999999999999999999999999999999999"})
    BOOST_TEST(end_of(number) == -1, number);
}

BOOST_AUTO_TEST_CASE(dates_are_numbers) {
  for (const auto* name : {"exp", "nbf", "iat"})
    for (const auto* other : {"\"1300819380\"", "true", "[]", "{}", "[1300819380]"})
      BOOST_TEST(verdict(read_claims("{\"" + std::string{name} + "\":" + other + "}")) ==
                   "claims_invalid",
                 name << " " << other);
}

BOOST_AUTO_TEST_CASE(names_are_strings) {
  for (const auto* name : {"iss", "sub", "jti"})
    for (const auto* other : {"1", "true", "[\"a\"]", "{}"})
      BOOST_TEST(detail(read_claims("{\"" + std::string{name} + "\":" + other + "}")) ==
                 "the claim '" + std::string{name} + "' is not a string");
}

BOOST_AUTO_TEST_CASE(claims_are_strict_json) {
  for (const std::string_view text :
       {"", "[]", "null", "\"a\"", "{", "{} x", "{}{}", R"({"iss":"a","iss":"a"})",
        R"({"exp":1,"\u0065xp":2})", R"({"a":{"b":1,"b":2}})", "{\"iss\":\"\xff\"}", R"({"a":01})",
        R"({"exp":NaN})", R"({"exp":Infinity})", "eyJhbGciOiJub25lIn0.e30."})
    BOOST_TEST(verdict(read_claims(text)) == "claims_invalid", text);
}

BOOST_AUTO_TEST_CASE(deep_and_wide_claims_are_refused) {
  BOOST_TEST(verdict(read_claims(R"({"a":)" + nested(15) + "}")) == "accepted");
  BOOST_TEST(verdict(read_claims(R"({"a":)" + nested(16) + "}")) == "claims_invalid");
  BOOST_TEST(verdict(read_claims(R"({"a":)" + nested(6000) + "}")) == "claims_invalid");
  std::string wide = "{\"a\":0";
  for (int i = 0; i < 1000; ++i)
    wide += ",\"" + std::to_string(i) + "\":0";
  BOOST_TEST(verdict(read_claims(wide + "}")) == "claims_invalid");
}

BOOST_AUTO_TEST_SUITE_END()
