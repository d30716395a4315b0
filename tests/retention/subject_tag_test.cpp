// Tags that belong to another manifest.
#include "retention/subject_tag.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry;

namespace {

const auto signed_image = digest::of("image");
const auto hex_of_image = signed_image.hex();

} // namespace

BOOST_AUTO_TEST_SUITE(subject_tag)

BOOST_AUTO_TEST_CASE(signatures_attestations_and_lists_of_referrers_name_their_subject) {
  const auto name = retention::subject_name(signed_image);
  BOOST_TEST(name == "sha256-" + hex_of_image);
  for (const std::string end : {"", ".sig", ".att", ".sbom", ".other"}) {
    const auto text = name + end;
    const auto found = retention::subject_of(text);
    BOOST_REQUIRE(found);
    BOOST_TEST(*found == name, text);
  }
}

BOOST_AUTO_TEST_CASE(a_longer_digest_is_cut_as_the_specification_says) {
  const auto long_one = digest::of("image", digest_algorithm::sha512);
  const auto name = retention::subject_name(long_one);
  BOOST_TEST(name == "sha512-" + long_one.hex().substr(0, 64));
  BOOST_TEST(retention::subject_of(name).value() == name);
}

BOOST_AUTO_TEST_CASE(a_verbatim_digest_has_no_such_tags) {
  BOOST_TEST(retention::subject_name(digest::parse_lenient("sha256:x").value()).empty());
}

BOOST_AUTO_TEST_CASE(other_tags_have_no_subject) {
  const auto upper = "sha256-" + std::string(64, 'A');
  for (const std::string& text :
       {std::string{"latest"}, std::string{"1.2.3"}, std::string{"sha256"}, std::string{"sha256-"},
        "sha256-" + hex_of_image.substr(1), "sha256-" + hex_of_image + "0", upper,
        "sha256_" + hex_of_image, "md5-" + hex_of_image, hex_of_image + ".sig",
        "sha256-" + hex_of_image + "-sig"})
    BOOST_TEST(!retention::subject_of(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
