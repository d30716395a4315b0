// Small files, and their states.
#include "base/file_text.hpp"

#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <string>

using gantry::read_file;

BOOST_FIXTURE_TEST_SUITE(file_text, gantry::test::temp_dir)

BOOST_AUTO_TEST_CASE(a_file_is_read_whole) {
  const std::string bytes(200'000, '\0');
  BOOST_TEST((read_file(write("f", bytes), 200'000) == bytes));
  BOOST_TEST((read_file(write("empty", ""), 1) == ""));
}

BOOST_AUTO_TEST_CASE(a_longer_file_is_noticed_and_not_read_to_its_end) {
  const auto text = read_file(write("f", std::string(1'000'000, 'x')), 10);
  BOOST_REQUIRE(text);
  BOOST_TEST(text->size() > 10u);
  BOOST_TEST(text->size() < 1'000'000u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_absent_and_errno_says_why) {
  errno = 0;
  BOOST_TEST(!read_file(path() / "none", 10));
  BOOST_TEST(errno == ENOENT);
  errno = 0;
  BOOST_TEST(!read_file(path(), 10));
  BOOST_TEST(errno == EISDIR);
}

BOOST_AUTO_TEST_SUITE_END()
