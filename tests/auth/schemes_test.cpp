#include "auth/schemes.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(schemes)

using namespace gantry::auth;

BOOST_AUTO_TEST_CASE(user_and_password_are_read) {
  const auto read = read_basic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  BOOST_REQUIRE(read);
  BOOST_TEST(read->user == "Aladdin");
  BOOST_TEST(read->password == "open sesame");
}

BOOST_AUTO_TEST_CASE(the_scheme_may_have_any_case_and_more_spaces) {
  BOOST_TEST(read_basic("bAsIc  YTpi ")->password == "b");
}

BOOST_AUTO_TEST_CASE(a_password_may_hold_colons_and_be_empty) {
  BOOST_TEST(read_basic("Basic YTpiOmM=")->password == "b:c");
  BOOST_TEST(read_basic("Basic YTo=")->password == "");
  BOOST_TEST(read_basic("Basic Og==")->user == "");
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
  for (const auto* field :
       {"", "Basic", "Basic ", "Bearer YTpi", "Basic YQ==", "Basic YTp", "Basic YT=i",
        "Basic ====", "Basic YTpi YTpi", "BasicYTpi", "Basic Y\tpi", "Basic YTp\xc3"})
    BOOST_TEST(!read_basic(field), field);
}

BOOST_AUTO_TEST_CASE(a_token_is_read) {
  BOOST_TEST(read_bearer("Bearer abc").value() == "abc");
  BOOST_TEST(read_bearer("bEARER  abc ").value() == "abc");
  for (const auto* field : {"", "Bearer", "Basic abc", "Bearerabc"})
    BOOST_TEST(!read_bearer(field), field);
}

BOOST_AUTO_TEST_CASE(a_realm_is_quoted) {
  BOOST_TEST(basic_challenge("here") == R"(Basic realm="here")");
  BOOST_TEST(basic_challenge(R"(a "b" \c)") == R"(Basic realm="a \"b\" \\c")");
}

BOOST_AUTO_TEST_SUITE_END()
