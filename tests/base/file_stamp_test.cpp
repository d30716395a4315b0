// The states of a file.
#include "base/file_stamp.hpp"

#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

namespace fs = std::filesystem;
using gantry::stamp_of;

BOOST_FIXTURE_TEST_SUITE(file_stamp, gantry::test::temp_dir)

BOOST_AUTO_TEST_CASE(an_untouched_file_keeps_its_stamp) {
  const auto file = write("f", "text");
  BOOST_REQUIRE(stamp_of(file));
  BOOST_CHECK(stamp_of(file) == stamp_of(file));
  BOOST_TEST(stamp_of(file)->size == 4u);
  BOOST_TEST(!stamp_of(path() / "none"));
}

BOOST_AUTO_TEST_CASE(a_file_of_equal_size_in_its_place_has_another_one) {
  const auto file = write("f", "text");
  const auto before = stamp_of(file);
  fs::rename(write("next", "next"), file);
  BOOST_CHECK(stamp_of(file) != before);
}

BOOST_AUTO_TEST_CASE(a_link_has_the_stamp_of_what_it_leads_to) {
  const auto file = write("f", "text");
  fs::create_symlink(file, path() / "link");
  BOOST_CHECK(stamp_of(path() / "link") == stamp_of(file));
}

BOOST_AUTO_TEST_SUITE_END()
