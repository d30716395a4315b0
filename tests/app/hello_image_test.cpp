// The built-in image, as a container engine sees it.
#include "app/hello_image.hpp"

#include "domain/digest.hpp"
#include "domain/manifest.hpp"
#include "support/shell.hpp"
#include "support/temp_dir.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <optional>
#include <string>

BOOST_AUTO_TEST_SUITE(hello_image)

using gantry::digest;
using gantry::app::make_hello_image;
using gantry::test::output_of;
using gantry::test::temp_dir;

namespace {

struct unpacked_image {
  unpacked_image() { folder.write("layer.tar.gz", image.layer); }

  std::string in_folder(const std::string& command) const {
    return output_of("cd " + folder.path().string() + " && " + command);
  }

  gantry::app::hello_image image = make_hello_image();
  temp_dir folder;
};

} // namespace

BOOST_AUTO_TEST_CASE(it_has_the_same_bytes_each_time) {
  const auto one = make_hello_image();
  const auto another = make_hello_image();
  BOOST_TEST((one.layer == another.layer));
  BOOST_TEST(one.config == another.config);
  BOOST_TEST(one.manifest == another.manifest);
}

BOOST_AUTO_TEST_CASE(the_manifest_describes_config_and_layer) {
  const auto image = make_hello_image();
  const auto parsed = gantry::manifest::parse(image.manifest, std::nullopt);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST((parsed->type() == gantry::media_types::docker_manifest));
  BOOST_REQUIRE(parsed->config().has_value());
  BOOST_TEST((parsed->config()->target == digest::of(image.config)));
  BOOST_TEST(parsed->config()->size == image.config.size());
  BOOST_REQUIRE(parsed->layers().size() == 1U);
  BOOST_TEST((parsed->layers().front().target == digest::of(image.layer)));
  BOOST_TEST(parsed->layers().front().size == image.layer.size());
}

BOOST_FIXTURE_TEST_CASE(the_config_names_the_platform_and_the_unpacked_layer, unpacked_image) {
  const auto config = boost::json::parse(image.config).as_object();
  BOOST_TEST((config.at("architecture") == "amd64"));
  BOOST_TEST((config.at("os") == "linux"));
  const auto& rootfs = config.at("rootfs").as_object();
  BOOST_TEST((rootfs.at("type") == "layers"));
  const auto tar = in_folder("gzip -dc layer.tar.gz");
  BOOST_TEST((rootfs.at("diff_ids") == boost::json::array{digest::of(tar).to_string()}));
  BOOST_TEST(config.at("history").as_array().size() == 1U);
  BOOST_TEST((config.at("config").at("Cmd") == boost::json::array{"/hello"}));
}

BOOST_FIXTURE_TEST_CASE(the_layer_is_a_tar_of_one_program, unpacked_image) {
  BOOST_TEST(in_folder("gzip -t layer.tar.gz 2>&1 && tar -tzf layer.tar.gz 2>&1") == "hello\n");
  in_folder("tar -xzf layer.tar.gz");
  using std::filesystem::perms;
  const auto mode = std::filesystem::status(folder.path() / "hello").permissions();
  BOOST_TEST(((mode & perms::all) == (perms::owner_all | perms::group_read | perms::group_exec |
                                      perms::others_read | perms::others_exec)));
}

#ifdef __x86_64__
BOOST_FIXTURE_TEST_CASE(the_program_greets_and_succeeds, unpacked_image) {
  BOOST_TEST(
    in_folder("tar -xzf layer.tar.gz && ./hello").starts_with("Hello from Gantry!\nThis image "));
}
#endif

BOOST_AUTO_TEST_SUITE_END()
