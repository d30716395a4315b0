#include "storage/disk/layout.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry;
using namespace gantry::storage;

BOOST_AUTO_TEST_SUITE(disk_layout)

BOOST_AUTO_TEST_CASE(a_blobs_path_is_its_first_byte_and_its_hex) {
  const auto id = digest::of("x");
  BOOST_TEST(layout::file_name(id) == id.hex());
  BOOST_TEST(layout::folder_name(layout::fan_out(id)) == id.hex().substr(0, 2));
  BOOST_TEST(layout::folder_name(10) == "0a");
}

BOOST_AUTO_TEST_CASE(file_names_round_trip_to_digests) {
  for (const auto& id : {digest::of("x"), digest::of("x", digest_algorithm::sha512),
                         digest::parse_lenient("sha256:..").value()}) {
    const auto back = layout::parse_file_name(id.algorithm(), layout::file_name(id));
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST((*back == id));
  }
}

BOOST_AUTO_TEST_CASE(other_file_names_are_refused) {
  const auto name = layout::file_name(digest::of("x"));
  for (const auto& wrong : {std::string{}, std::string{"x"}, name.substr(1), name + "00",
                            std::string(64, 'A'), std::string(64, 'g')})
    BOOST_TEST(layout::parse_file_name(digest_algorithm::sha256, wrong).has_error(), wrong);
}

BOOST_AUTO_TEST_SUITE_END()
