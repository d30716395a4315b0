#include "listing/facts.hpp"
#include "listing/query.hpp"
#include "storage/test_content.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry;
using namespace gantry::test;
using listing::facts_of;

BOOST_AUTO_TEST_SUITE(facts)

namespace {

const std::string some_config =
  R"({"architecture":"arm","os":"linux","variant":"v7","config":{"Labels":{"team":"web","n":1}}})";

manifest_ptr parsed(const std::string& text) {
  return std::make_shared<const manifest>(manifest::parse(text, std::nullopt).value());
}

std::string index_text(const std::string& platform) {
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{)"
         R"("mediaType":"application/vnd.oci.image.manifest.v1+json","size":1,"digest":")" +
         digest::of(std::string_view{"child"}).to_string() + "\"" + platform + "}]}";
}

} // namespace

BOOST_AUTO_TEST_CASE(an_image_says_what_its_config_says) {
  const auto value = image({.blobs = {absent_digest(1), absent_digest(2)}, .note = "hello"});
  const auto known = facts_of(*value, some_config);
  BOOST_TEST(known.id.to_string() == value->id().to_string());
  BOOST_TEST(known.bytes == value->bytes().size());
  BOOST_TEST(known.blobs.size() == 2U);
  BOOST_TEST(known.platform == "linux/arm/v7");
  const std::vector<listing::fact> wanted{{listing::fact_kind::annotation, "note", "hello"},
                                          {listing::fact_kind::label, "team", "web"}};
  BOOST_TEST((known.facts == wanted));
}

BOOST_AUTO_TEST_CASE(a_config_that_is_none_says_nothing) {
  const auto value = image({});
  for (const auto* config :
       {"", "{", "[]", "null", R"({"os":"linux"})", R"({"config":{"Labels":[]}})",
        R"({"architecture":"unknown","os":"unknown"})", R"({"architecture":"a,b","os":"linux"})",
        R"({"architecture":"a b","os":"linux"})"}) {
    const auto known = facts_of(*value, config);
    BOOST_TEST(known.platform == "");
    BOOST_TEST(known.facts.size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(values_that_are_too_long_are_left_out) {
  const std::string longest(listing::max_fact_length, 'x');
  const auto with = [&](const std::string& value) {
    return facts_of(*image({}), R"({"config":{"Labels":{"a":")" + value + R"("}}})").facts.size();
  };
  BOOST_TEST(with(longest) == 2U);
  BOOST_TEST(with(longest + 'x') == 1U);
}

BOOST_AUTO_TEST_CASE(a_claimed_size_is_bounded) {
  const auto known =
    facts_of(*parsed(R"({"schemaVersion":2,"config":{"mediaType":"a/b","size":1,"digest":")" +
                     absent_digest(1).to_string() +
                     R"("},"layers":[{"mediaType":"a/b","size":9223372036854775807,"digest":")" +
                     absent_digest(2).to_string() +
                     R"("}],"mediaType":"application/vnd.oci.image.manifest.v1+json"})"),
             "");
  BOOST_REQUIRE(known.blobs.size() == 2U);
  BOOST_TEST(known.blobs.back().size == listing::max_blob_size);
}

BOOST_AUTO_TEST_CASE(an_artifact_type_that_is_none_is_left_out) {
  const auto kept = [](std::size_t length) {
    return facts_of(*image({.artifact_type = std::string(length, 'x')}), "").artifact_type.size();
  };
  BOOST_TEST(kept(255) == 255U);
  BOOST_TEST(kept(256) == 0U);
}

BOOST_AUTO_TEST_CASE(an_index_says_the_platforms_of_its_children) {
  const auto said = facts_of(
    *parsed(index_text(R"(,"platform":{"os":"linux","architecture":"arm64","variant":"v8"})")), "");
  BOOST_REQUIRE(said.children.size() == 1U);
  BOOST_TEST(said.children.front().platform == "linux/arm64/v8");
  BOOST_TEST(facts_of(*parsed(index_text("")), "").children.front().platform == "");
  const auto attestation =
    facts_of(*parsed(index_text(R"(,"platform":{"os":"unknown","architecture":"unknown"})")), "");
  BOOST_TEST(attestation.children.front().platform == "");
}

BOOST_AUTO_TEST_CASE(a_child_that_is_named_twice_counts_once) {
  const auto child = absent_digest();
  BOOST_TEST(facts_of(*index({child, child}), "").children.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_tag_of_cosign_names_its_subject) {
  const auto id = absent_digest();
  const auto of = [](const std::string& text) { return listing::subject_of(label(text)); };
  const auto found = of("sha256-" + id.hex() + ".att");
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(found->first.to_string() == id.to_string());
  BOOST_TEST(found->second == "application/vnd.dev.cosign.artifact.att.v1+json");
  for (const auto* text : {"latest", "v1.sig", "sha256-abc.sig", "a-b.sig", "-.sig"})
    BOOST_TEST(!listing::subject_of(tag::parse_lenient(text).value()).has_value());
  BOOST_TEST(!of("sha256-" + id.hex()).has_value());
  BOOST_TEST(!of("sha256-" + id.hex() + ".txt").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
