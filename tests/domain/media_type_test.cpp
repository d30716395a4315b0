// Media types: normalisation, and known types.
#include "domain/media_type.hpp"

#include "support/print.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <string_view>

using gantry::errc;
namespace media_types = gantry::media_types;

namespace {

struct valid_case {
  std::string_view text;
  std::string_view normalised;
};

std::ostream& operator<<(std::ostream& out, const valid_case& sample) {
  return out << '"' << sample.text << '"';
}

struct invalid_case {
  std::string text;
};

std::ostream& operator<<(std::ostream& out, const invalid_case& sample) {
  return out << '"' << sample.text << '"';
}

// case 133
const valid_case valid[] = {
  {"text/plain", "text/plain"},
  {"Text/PLAIN", "text/plain"},
  {" text/plain\t", "text/plain"},
  {"text/plain;charset=utf-8", "text/plain"},
  {"text/plain ; charset=\"a;b/c\"", "text/plain"},
  {"application/vnd.OCI.image.manifest.v1+json; charset=utf-8", media_types::oci_manifest},
};

const invalid_case invalid[] = {
  {""},
  {";"},
  {"text"},
  {"/"},
  {"text/"},
  {"/plain"},
  {"a/b/c"},
  {"a b/c"},
  {"a/b, c/d"},
  {"*/*"},
  {"+a/b"},
  {"a/\xC3\xA4"},
  {"a/" + std::string(254, 'b')},
};

gantry::media_type type(std::string_view text) {
  return gantry::media_type::parse(text).value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(media_type)

using gantry::media_type;

BOOST_DATA_TEST_CASE(parameters_are_dropped_and_case_is_folded,
                     boost::unit_test::data::make(valid)) {
  const auto parsed = media_type::parse(sample.text);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->to_string() == sample.normalised);
}

BOOST_DATA_TEST_CASE(malformed_media_types_are_refused, boost::unit_test::data::make(invalid)) {
  const auto parsed = media_type::parse(sample.text);
  BOOST_REQUIRE(parsed.has_error());
  BOOST_TEST(parsed.error().code == errc::media_type_unsupported);
}

BOOST_AUTO_TEST_CASE(the_longest_type_has_255_characters) {
  BOOST_TEST(media_type::parse("a/" + std::string(253, 'b')).has_value());
}

// case 147
BOOST_AUTO_TEST_CASE(manifests_and_indexes_are_distinguished) {
  for (const auto image : {media_types::oci_manifest, media_types::docker_manifest}) {
    BOOST_TEST(is_image_manifest(type(image)));
    BOOST_TEST(!is_index(type(image)));
  }
  for (const auto index : {media_types::oci_index, media_types::docker_list}) {
    BOOST_TEST(is_index(type(index)));
    BOOST_TEST(!is_image_manifest(type(index)));
  }
  for (const auto neither : {media_types::oci_config, media_types::docker_schema1}) {
    BOOST_TEST(!is_index(type(neither)));
    BOOST_TEST(!is_image_manifest(type(neither)));
  }
}

// case 139
BOOST_AUTO_TEST_CASE(foreign_layers_are_known_in_every_compression) {
  using gantry::is_nondistributable_layer;
  BOOST_TEST(is_nondistributable_layer("application/vnd.oci.image.layer.nondistributable.v1.tar"));
  BOOST_TEST(
    is_nondistributable_layer("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"));
  BOOST_TEST(
    is_nondistributable_layer("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"));
  BOOST_TEST(
    is_nondistributable_layer("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"));
  BOOST_TEST(!is_nondistributable_layer("application/vnd.oci.image.layer.v1.tar+gzip"));
  BOOST_TEST(!is_nondistributable_layer("application/vnd.docker.image.rootfs.diff.tar.gzip"));
}

BOOST_AUTO_TEST_SUITE_END()
