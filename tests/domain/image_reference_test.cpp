// Images as people write them.
#include "domain/image_reference.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace {

const std::string an_id = "sha256:" + std::string(64, 'a');

} // namespace

BOOST_AUTO_TEST_SUITE(image_reference)

BOOST_AUTO_TEST_CASE(a_text_is_a_repository_with_or_without_a_name) {
  for (const auto& text : {std::string{"app"}, std::string{"team/app"}, std::string{"team/app:1.2"},
                           "team/app@" + an_id})
    BOOST_TEST(gantry::image_reference::parse(text).value().to_string() == text);
  BOOST_TEST(!gantry::image_reference::parse("team/app").value().name);
}

BOOST_AUTO_TEST_CASE(a_wrong_part_is_named) {
  using gantry::errc;
  const auto code = [](const std::string& text) {
    return gantry::image_reference::parse(text).error().code;
  };
  BOOST_TEST((code("App:1") == errc::name_invalid));
  BOOST_TEST((code("") == errc::name_invalid));
  BOOST_TEST((code("app:-") == errc::tag_invalid));
  BOOST_TEST((code("app@1") == errc::digest_invalid));
  BOOST_TEST((code("app:" + an_id) == errc::tag_invalid));
  BOOST_TEST((code("app@sha256:1") == errc::digest_invalid));
}

BOOST_AUTO_TEST_CASE(a_lenient_registry_takes_more) {
  BOOST_TEST(!gantry::image_reference::parse("app:a tag").has_value());
  BOOST_TEST(gantry::image_reference::parse_lenient("app:a tag").value().to_string() ==
             "app:a tag");
}

BOOST_AUTO_TEST_SUITE_END()
