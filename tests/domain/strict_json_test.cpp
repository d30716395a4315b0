// Strict parsing of JSON.
#include "domain/strict_json.hpp"

#include "domain/manifest.hpp"
#include "support/mutation.hpp"
#include "support/print.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using gantry::errc;
using gantry::find_member;
using gantry::parse_json;
using gantry::parse_object;

namespace {

constexpr std::size_t depth = gantry::manifest::max_depth;

} // namespace

BOOST_AUTO_TEST_SUITE(strict_json)

BOOST_AUTO_TEST_CASE(null_and_absent_members_are_alike) {
  const auto object = parse_object(R"({"null":null,"text":"x","number":1})", depth).value();
  BOOST_TEST(find_member(object, "absent") == nullptr);
  BOOST_TEST(find_member(object, "null") == nullptr);
  BOOST_TEST(find_member(object, "number") != nullptr);
}

// case 134
BOOST_AUTO_TEST_CASE(duplicate_keys_are_found_at_every_level) {
  for (const std::string_view text :
       {R"({"a":1,"a":1})", R"({"a":1,"\u0061":2})", R"({"":1,"":1})", R"([{"a":1,"a":1}])",
        R"({"x":[[{"b":{"a":1,"a":1}}]]})", R"({"a:":1,"a:":1})", R"({"\"":1,"\"":1})"}) {
    BOOST_TEST_CONTEXT("text " << text)
    BOOST_TEST(parse_object(text, depth).error().code == errc::manifest_invalid);
  }
  for (const std::string_view text :
       {R"({"a":{"a":1},"b":[{"a":1},{"a":1}]})", R"({"a":":\":\\","b\\":":","c:":[":"]})", "{}"}) {
    BOOST_TEST_CONTEXT("text " << text)
    BOOST_TEST(parse_object(text, depth).has_value());
  }
}

BOOST_AUTO_TEST_CASE(only_the_requested_members_are_kept) {
  constexpr std::string_view names[] = {"a", "b"};
  const auto kept =
    parse_json(R"([{"a":1,"x":{"a":[1,{"a":2}]},"b":[{"y":1,"a":"z"},2.5]},{"z":3},4])", depth,
               names)
      .value();
  BOOST_TEST(boost::json::serialize(kept) == R"([{"a":1,"b":[{"a":"z"},2.5E0]},{},4])");
}

BOOST_AUTO_TEST_CASE(every_kind_of_value_is_kept) {
  constexpr std::string_view text =
    R"({"n":null,"t":true,"i":-7,"u":18446744073709551615,"d":1.5E0,"s":"x","l":[],"o":{}})";
  BOOST_TEST(boost::json::serialize(parse_json(text, depth).value()) == text);
  BOOST_TEST(parse_json("7", depth).value() == 7);
  BOOST_TEST(parse_object("[]", depth).error().detail == "not a JSON object");
}

BOOST_AUTO_TEST_CASE(an_object_of_too_many_members_is_refused_unless_they_are_skipped) {
  std::string text = "{\"k\":0";
  for (std::size_t i = 1; i < gantry::max_kept_members; ++i)
    text += ",\"" + std::to_string(i) + "\":0";
  BOOST_TEST(parse_object(text + '}', depth).value().size() == gantry::max_kept_members);
  text += ",\"more\":0}";
  BOOST_TEST(parse_object(text, depth).error().detail == "an object with more than 256 members");
  constexpr std::string_view names[] = {"k", "more"};
  BOOST_TEST(parse_object(text, depth, names).value().size() == 2U);
}

BOOST_AUTO_TEST_CASE(damaged_documents_are_refused_or_unambiguous) {
  gantry::test::mutator damage;
  for (int round = 0; round < 4000; ++round) {
    const std::string text = damage(R"({"a":{"b":[1,2.5,"c:\"d\"",null]},"e":{"b":true},"f":-7})");
    if (const auto object = parse_object(text, depth)) {
      const auto again = parse_object(boost::json::serialize(*object), depth);
      if (!again || *again != *object)
        BOOST_ERROR("means something else: " << text);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
