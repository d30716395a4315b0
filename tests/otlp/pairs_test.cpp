// Lists in variables, and fields of a request.
#include "otlp/pairs.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace gantry::otlp;

namespace {

using pairs_type = std::vector<std::pair<std::string, std::string>>;

} // namespace

BOOST_AUTO_TEST_SUITE(pairs)

BOOST_AUTO_TEST_CASE(values_are_decoded_and_blanks_dropped) {
  BOOST_CHECK(read_pairs(" a = 1 , b=x%20y%2C=z ,, c=") ==
              (pairs_type{{"a", "1"}, {"b", "x y,=z"}, {"c", ""}}));
  BOOST_CHECK(read_pairs("")->empty());
}

BOOST_AUTO_TEST_CASE(items_without_a_key_or_with_half_an_escape_are_refused) {
  for (const auto* text : {"a", "=1", "a=1,b", "a=%", "a=%2", "a=%2g", "a=1%"})
    BOOST_TEST(!read_pairs(text), text);
}

BOOST_AUTO_TEST_CASE(a_field_must_be_well_formed) {
  BOOST_TEST(is_allowed_field("api-key", "secret and blanks"));
  BOOST_TEST(is_allowed_field("Authorization", "Bearer x"));
  BOOST_TEST(!is_allowed_field("", "x"));
  BOOST_TEST(!is_allowed_field("a b", "x"));
  BOOST_TEST(!is_allowed_field("a:", "x"));
  BOOST_TEST(!is_allowed_field("a", "x\r\nb: y"));
  BOOST_TEST(!is_allowed_field("a", "\xc3\xa4"));
}

BOOST_AUTO_TEST_CASE(a_field_must_not_replace_the_exporters_own) {
  for (const auto* name : {"Content-Type", "content-length", "HOST", "Transfer-Encoding",
                           "Connection", "User-Agent", "Content-Encoding", "Upgrade", "Accept"})
    BOOST_TEST(!is_allowed_field(name, "x"), name);
}

BOOST_AUTO_TEST_SUITE_END()
