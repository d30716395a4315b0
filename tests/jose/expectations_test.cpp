// What a token must say to be accepted here and now.
#include "jose/expectations.hpp"

#include "jose/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace gantry::jose;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(expectations)

namespace {

/// Issued by "issuer" for "registry", until 2000 s.
gantry::jose::claims claims_with(const std::string& members = "") {
  return read_claims(R"({"iss":"issuer","aud":"registry","exp":2000)" + members + "}").value();
}

gantry::jose::expectations expected_at(std::chrono::system_clock::duration now) {
  return {{"issuer"}, {"registry"}, 60s, std::chrono::system_clock::time_point{now}};
}

std::string judge(const gantry::jose::claims& said,
                  const gantry::jose::expectations& expected = expected_at(1000s)) {
  return verdict(check(said, expected));
}

} // namespace

BOOST_AUTO_TEST_CASE(a_token_that_says_what_is_expected_is_accepted) {
  BOOST_TEST(judge(claims_with()) == "accepted");
  BOOST_TEST(judge(claims_with(R"(,"nbf":500,"iat":500,"sub":"me")")) == "accepted");
}

BOOST_AUTO_TEST_CASE(the_issuer_is_one_of_those_expected) {
  auto said = claims_with();
  auto expected = expected_at(1000s);
  expected.issuers = {"another", "issuer"};
  BOOST_TEST(judge(said, expected) == "accepted");
  for (const auto* other : {"", "Issuer", "issuer ", "issuer/", "https://issuer", "issue"}) {
    said.issuer = other;
    BOOST_TEST(judge(said) == "issuer_wrong", other);
  }
  said.issuer.reset();
  BOOST_TEST(judge(said) == "issuer_wrong");
}

BOOST_AUTO_TEST_CASE(one_of_the_audiences_is_one_of_those_expected) {
  auto said = claims_with();
  auto expected = expected_at(1000s);
  said.audiences = {"x", "registry", "y"};
  BOOST_TEST(judge(said) == "accepted");
  expected.audiences = {"a", "b", "y"};
  BOOST_TEST(judge(said, expected) == "accepted");
  for (const auto* other : {"", "Registry", "registry.example", "registr"}) {
    said.audiences = {other, "x"};
    BOOST_TEST(judge(said) == "audience_wrong", other);
  }
  said.audiences.clear();
  BOOST_TEST(judge(said) == "audience_wrong");
}

BOOST_AUTO_TEST_CASE(without_expectations_nothing_is_accepted) {
  auto expected = expected_at(1000s);
  expected.issuers.clear();
  BOOST_TEST(judge(claims_with(), expected) == "issuer_wrong");
  expected = expected_at(1000s);
  expected.audiences.clear();
  BOOST_TEST(judge(claims_with(), expected) == "audience_wrong");
  BOOST_TEST(judge(claims_with(), {}) == "issuer_wrong");
}

BOOST_AUTO_TEST_CASE(a_token_must_say_when_it_expires) {
  auto said = claims_with();
  said.expires.reset();
  BOOST_TEST(judge(said) == "expiry_missing");
}

BOOST_AUTO_TEST_CASE(a_token_expires_when_the_leeway_has_passed) {
  BOOST_TEST(judge(claims_with(), expected_at(2059s + 999ms)) == "accepted");
  BOOST_TEST(judge(claims_with(), expected_at(2060s)) == "expired");
  BOOST_TEST(judge(claims_with(), expected_at(10'000s)) == "expired");
  auto exact = expected_at(1999s + 999ms);
  exact.leeway = 0s;
  BOOST_TEST(judge(claims_with(), exact) == "accepted");
  exact.now = at(2000s);
  BOOST_TEST(judge(claims_with(), exact) == "expired");
}

BOOST_AUTO_TEST_CASE(a_token_begins_when_the_leeway_allows) {
  const auto said = claims_with(R"(,"nbf":1000)");
  BOOST_TEST(judge(said, expected_at(940s)) == "accepted");
  BOOST_TEST(judge(said, expected_at(939s + 999ms)) == "not_yet_valid");
  BOOST_TEST(judge(said, expected_at(0s)) == "not_yet_valid");
  auto exact = expected_at(1000s);
  exact.leeway = 0s;
  BOOST_TEST(judge(said, exact) == "accepted");
  exact.now = at(1000s) - 1ms;
  BOOST_TEST(judge(said, exact) == "not_yet_valid");
}

BOOST_AUTO_TEST_CASE(fractions_count) {
  auto exact = expected_at(2000s + 499ms);
  exact.leeway = 0s;
  auto said = claims_with();
  said.expires = at(2000s) + 500ms;
  BOOST_TEST(judge(said, exact) == "accepted");
  exact.now += 1ms;
  BOOST_TEST(judge(said, exact) == "expired");
}

BOOST_AUTO_TEST_CASE(when_a_token_was_issued_does_not_count) {
  BOOST_TEST(judge(claims_with(R"(,"iat":1900)")) == "accepted");
}

BOOST_AUTO_TEST_CASE(the_last_dates_do_not_overflow) {
  auto said = claims_with();
  said.expires = read_claims(R"({"exp":253402300799})")->expires;
  BOOST_TEST(judge(said) == "accepted");
  auto expected = expected_at(1000s);
  expected.now = last_date + 59s;
  BOOST_TEST(judge(said, expected) == "accepted");
  expected.now = std::chrono::system_clock::time_point::max();
  BOOST_TEST(judge(said, expected) == "expired");
  BOOST_TEST(judge(claims_with(), expected) == "expired");
  expected.now = std::chrono::system_clock::time_point::min();
  BOOST_TEST(judge(claims_with(R"(,"nbf":0)"), expected) == "not_yet_valid");
}

BOOST_AUTO_TEST_CASE(details_show_little_of_what_a_token_says) {
  auto said = claims_with();
  said.issuer = std::string(5000, '\n');
  BOOST_TEST(detail(check(said, expected_at(0s))).size() < 200u);
  said = claims_with();
  said.audiences = {std::string(5000, '\n'), std::string(5000, 'x')};
  const auto shown = detail(check(said, expected_at(0s)));
  BOOST_TEST(shown.size() < 200u);
  BOOST_TEST(shown.find('\n') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
