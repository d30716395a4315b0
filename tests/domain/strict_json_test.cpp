// Strict reading of JSON.
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
using gantry::parse_object;
using gantry::read_string;

namespace {

constexpr std::size_t depth = gantry::manifest::max_depth;

} // namespace

BOOST_AUTO_TEST_SUITE(strict_json)

BOOST_AUTO_TEST_CASE(null_and_absent_members_are_alike) {
  const auto object = parse_object(R"({"null":null,"text":"x","number":1})", depth).value();
  BOOST_TEST(find_member(object, "absent") == nullptr);
  BOOST_TEST(find_member(object, "null") == nullptr);
  BOOST_TEST(find_member(object, "number") != nullptr);
  BOOST_TEST(read_string(object, "absent").value().empty());
  BOOST_TEST(read_string(object, "null").value().empty());
  BOOST_TEST(read_string(object, "text").value() == "x");
  BOOST_TEST(read_string(object, "number").error().detail == "number must be a string");
}

// case 134
BOOST_AUTO_TEST_CASE(duplicate_keys_are_found_wherever_they_stand) {
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

BOOST_AUTO_TEST_CASE(a_hundred_thousand_keys_are_told_apart) {
  std::string text = "{\"k\":0";
  for (int i = 0; i < 100'000; ++i)
    text += ",\"k" + std::to_string(i) + "\":0";
  BOOST_TEST(parse_object(text + '}', depth).value().size() == 100'001u);
  BOOST_TEST(parse_object(text + ",\"k\":0}", depth).error().detail == "duplicate keys");
}

BOOST_AUTO_TEST_CASE(damaged_documents_are_refused_or_mean_one_thing) {
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
