// Tags and digests, and their distinction.
#include "domain/reference.hpp"

#include "support/print.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <string_view>

using gantry::digest;
using gantry::digest_algorithm;
using gantry::errc;
using gantry::parse_reference;
using gantry::parse_reference_lenient;
using gantry::tag;

namespace {

struct tag_case {
  std::string text;
};

std::ostream& operator<<(std::ostream& out, const tag_case& sample) {
  return out << '"' << sample.text << '"';
}

// case 178
const tag_case valid[] = {
  {"latest"},
  {"1"},
  {"_x"},
  {"V1.0-rc.1"},
  {"a--b..c__d"},
  {std::string(128, 'x')},
  {"sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
};

// case 131
const tag_case invalid[] = {
  {""},    {".bad"}, {"-x"},       {std::string(129, 'x')}, {"a/b"}, {"a b"},
  {"a+b"}, {"a@b"},  {"\xC3\xA4"}, {std::string("a\0", 2)},
};

} // namespace

BOOST_AUTO_TEST_SUITE(reference)

BOOST_DATA_TEST_CASE(a_text_without_a_colon_is_a_tag, boost::unit_test::data::make(valid)) {
  const auto parsed = parse_reference(sample.text);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_REQUIRE(std::holds_alternative<tag>(*parsed));
  BOOST_TEST(to_string(*parsed) == sample.text);
}

BOOST_DATA_TEST_CASE(a_malformed_tag_is_refused, boost::unit_test::data::make(invalid)) {
  const auto parsed = parse_reference(sample.text);
  BOOST_REQUIRE(parsed.has_error());
  BOOST_TEST(parsed.error().code == errc::tag_invalid);
}

BOOST_AUTO_TEST_CASE(a_text_with_a_colon_is_a_digest) {
  const std::string text = digest::of("x").to_string();
  const auto parsed = parse_reference(text);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(std::get<digest>(*parsed) == digest::of("x"));
  BOOST_TEST(to_string(*parsed) == text);
  // case 131
  BOOST_TEST(parse_reference("a:b").error().code == errc::digest_invalid);
}

BOOST_AUTO_TEST_CASE(tags_are_ordered_bytewise) {
  const auto parse = [](std::string_view text) { return tag::parse(text).value(); };
  // case 59
  BOOST_TEST((parse("B") < parse("a")));
  BOOST_TEST((parse("10") < parse("9")));
}

BOOST_AUTO_TEST_CASE(the_lenient_profile_accepts_odd_tags_and_digests) {
  for (const std::string_view text : {".bad", "-x", "a b", "a+b"}) {
    const auto parsed = parse_reference_lenient(text);
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST(std::get<tag>(*parsed).to_string() == text);
  }
  const auto parsed = parse_reference_lenient("sha256:abc");
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(std::get<digest>(*parsed).algorithm() == digest_algorithm::verbatim);
  BOOST_TEST(to_string(*parsed) == "sha256:abc");
}

BOOST_AUTO_TEST_CASE(the_lenient_profile_still_refuses_control_characters_and_endless_tags) {
  for (const std::string& text :
       {std::string{}, std::string(129, 'x'), std::string{"a\nb"}, std::string("a\0", 2)})
    BOOST_TEST(parse_reference_lenient(text).error().code == errc::tag_invalid);
  BOOST_TEST(parse_reference_lenient("a:/").error().code == errc::digest_invalid);
}

BOOST_AUTO_TEST_SUITE_END()
