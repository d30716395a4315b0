#include "bench/image_source.hpp"

#include "domain/digest.hpp"
#include "domain/repository_name.hpp"
#include "domain/strict_json.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

namespace bench = gantry::bench;
namespace client = gantry::client;
using gantry::digest;

namespace {

std::string bytes_of(const client::payload& content) {
  std::vector<boost::asio::const_buffer> buffers;
  content.append_to(buffers);
  std::string bytes;
  for (const auto& buffer : buffers)
    bytes.append(static_cast<const char*>(buffer.data()), buffer.size());
  return bytes;
}

bench::image_settings settings_of(std::uint64_t layer_size, std::uint32_t layers = 1,
                                  std::uint64_t seed = 7) {
  bench::image_settings settings;
  settings.layer_size = bench::layer_sizes{layer_size};
  settings.layers = layers;
  settings.seed = seed;
  return settings;
}

void collect(std::set<std::string>& digests, const bench::image& image) {
  digests.insert(image.config.digest);
  digests.insert(image.manifest_digest);
  for (const auto& layer : image.layers)
    digests.insert(layer.digest);
}

/// Around the size of the text at the end and of the repeated block.
constexpr std::uint64_t sizes[] = {48, 49, 55, 1024, 1024 * 1024 + 47, 1024 * 1024 + 48, 2'500'001};

} // namespace

BOOST_AUTO_TEST_SUITE(image_source)

BOOST_DATA_TEST_CASE(a_layer_has_its_size_and_its_digest, sizes) {
  const bench::image_source source{settings_of(sample)};
  const auto layer = source.make(3).layers.at(0);
  const auto bytes = bytes_of(layer.content());
  BOOST_TEST(layer.size == sample);
  BOOST_TEST(bytes.size() == sample);
  BOOST_TEST(digest::of(bytes).to_string() == layer.digest);
}

BOOST_DATA_TEST_CASE(the_parts_of_a_layer_are_the_layer, sizes) {
  const bench::image_source source{settings_of(sample)};
  const auto layer = source.make(0).layers.at(0);
  const auto content = layer.content();
  const auto third = sample / 3;
  const auto begin = content.slice(0, third);
  const auto rest = content.slice(third, sample - third);
  const auto middle = rest.slice(0, third);
  const auto end = rest.slice(third, rest.size() - third);
  BOOST_TEST((bytes_of(begin) + bytes_of(middle) + bytes_of(end) == bytes_of(content)));
}

BOOST_AUTO_TEST_CASE(config_and_manifest_are_what_the_image_says) {
  const bench::image_source source{settings_of(100, 3)};
  const auto image = source.make(9);
  BOOST_TEST(bytes_of(image.config.content()) == image.config.text);
  BOOST_TEST(digest::of(image.config.text).to_string() == image.config.digest);
  BOOST_TEST(digest::of(image.manifest).to_string() == image.manifest_digest);
  const auto config = gantry::parse_object(image.config.text, 8);
  BOOST_REQUIRE(config.has_value());
  BOOST_TEST(config->at("rootfs").at("diff_ids").as_array().size() == 3u);
  const auto manifest = gantry::parse_object(image.manifest, 8);
  BOOST_REQUIRE(manifest.has_value());
  BOOST_TEST(manifest->at("config").at("digest").as_string() == image.config.digest);
  BOOST_TEST(manifest->at("config").at("size").to_number<std::uint64_t>() == image.config.size);
  const auto& layers = manifest->at("layers").as_array();
  BOOST_REQUIRE(layers.size() == 3u);
  for (std::size_t i = 0; i < layers.size(); ++i)
    BOOST_TEST(layers[i].at("digest").as_string() == image.layers[i].digest);
}

BOOST_AUTO_TEST_CASE(no_two_images_share_anything) {
  std::set<std::string> digests;
  for (const std::uint64_t seed : {7, 8}) {
    const bench::image_source source{settings_of(64, 2, seed)};
    for (std::uint64_t number = 0; number < 50; ++number)
      collect(digests, source.make(number));
  }
  BOOST_TEST(digests.size() == 2 * 50 * 4u);
}

BOOST_AUTO_TEST_CASE(the_same_seed_makes_the_same_images) {
  const bench::image_source one{settings_of(5000, 2)};
  const bench::image_source other{settings_of(5000, 2)};
  BOOST_TEST(one.make(12).manifest == other.make(12).manifest);
}

BOOST_AUTO_TEST_CASE(layers_of_any_size_have_their_digest) {
  auto settings = settings_of(48, 4);
  for (const auto* sizes : {"3000000,48,1KiB", "48..3MiB"}) {
    settings.layer_size = bench::layer_sizes::parse(sizes).value();
    const bench::image_source source{settings};
    for (std::uint64_t number = 0; number < 3; ++number)
      for (const auto& layer : source.make(number).layers) {
        const auto bytes = bytes_of(layer.content());
        BOOST_TEST(bytes.size() == layer.size);
        BOOST_TEST(digest::of(bytes).to_string() == layer.digest);
      }
  }
}

BOOST_AUTO_TEST_CASE(a_share_of_the_layers_comes_from_the_base) {
  auto settings = settings_of(100, 2);
  BOOST_TEST(!bench::image_source{settings}.base());
  settings.mount_share = 25;
  const bench::image_source source{settings};
  BOOST_REQUIRE(source.base());
  std::set<std::string> own;
  int mounted = 0;
  for (std::uint64_t number = 0; number < 1000; ++number) {
    const auto image = source.make(number);
    for (std::size_t i = 0; i < 2; ++i) {
      const auto& layer = image.layers[i];
      const bool is_mounted = !layer.mounted_from.empty();
      mounted += is_mounted;
      BOOST_TEST(is_mounted == (layer.digest == source.base()->layers[i].digest));
      BOOST_TEST((!is_mounted || layer.mounted_from == source.base()->repository));
      if (!is_mounted)
        own.insert(layer.digest);
    }
  }
  BOOST_TEST(mounted > 400);
  BOOST_TEST(mounted < 600);
  BOOST_TEST(own.size() == 2000u - static_cast<unsigned>(mounted));
}

BOOST_AUTO_TEST_CASE(images_go_to_the_repositories_in_turn) {
  auto settings = settings_of(48);
  settings.repositories = 3;
  const bench::image_source source{settings};
  std::set<std::string> repositories;
  for (std::uint64_t number = 0; number < 7; ++number) {
    const auto image = source.make(number);
    BOOST_TEST(gantry::repository_name::parse(image.repository).has_value());
    repositories.insert(image.repository);
  }
  BOOST_TEST(repositories.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
