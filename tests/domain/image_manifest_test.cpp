#include "domain/image_manifest.hpp"

#include "domain/manifest.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace gantry;
namespace json = boost::json;

namespace {

descriptor layer_of(std::string_view bytes) {
  return {std::string{tar_layer}, digest::of(bytes), bytes.size()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(image_manifest)

BOOST_AUTO_TEST_CASE(a_manifest_names_its_config_and_layers) {
  const new_image parts{.layers = {layer_of("one"), layer_of("two")}};
  const auto texts = render_image(parts);
  const auto parsed =
    manifest::parse(texts.manifest, media_type::parse(media_types::oci_manifest).value()).value();
  const auto shown = json::parse(texts.manifest);
  BOOST_TEST(shown.at("config").at("digest").as_string() == digest::of(texts.config).to_string());
  BOOST_TEST(shown.at("config").at("size").to_number<std::size_t>() == texts.config.size());
  BOOST_TEST(shown.at("layers").at(1).at("digest").as_string() == digest::of("two").to_string());
  BOOST_TEST(!shown.as_object().contains("annotations"));
  BOOST_TEST(render_image(parts).manifest == parsed.bytes());
}

BOOST_AUTO_TEST_CASE(the_config_lists_the_layers_unless_it_is_given) {
  new_image parts{.layers = {layer_of("one")}};
  const auto config = json::parse(render_image(parts).config);
  BOOST_TEST(config.at("rootfs").at("diff_ids").at(0).as_string() == digest::of("one").to_string());
  parts.config = "{}";
  parts.config_type = media_types::oci_empty;
  parts.annotations = {{"a", "b"}};
  const auto texts = render_image(parts);
  BOOST_TEST(texts.config == "{}");
  const auto shown = json::parse(texts.manifest);
  BOOST_TEST(shown.at("config").at("mediaType").as_string() == parts.config_type);
  BOOST_TEST(shown.at("annotations").at("a").as_string() == "b");
}

BOOST_AUTO_TEST_SUITE_END()
