// Bodies in memory and in files.
#include "recorder/spool.hpp"

#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

namespace recorder = gantry::recorder;
using recorder::max_in_memory;

namespace {

std::string whole(const recorder::spool& body) {
  std::string text;
  std::string piece;
  for (std::uint64_t offset = 0; offset < body.size(); offset += piece.size()) {
    BOOST_REQUIRE(!body.read(offset, 100'000, piece));
    BOOST_REQUIRE(!piece.empty());
    text += piece;
  }
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(spool)

BOOST_AUTO_TEST_CASE(a_small_body_stays_in_memory) {
  recorder::spool body{"/nowhere"};
  BOOST_TEST(!body.append("ab"));
  BOOST_TEST(!body.append("cd"));
  BOOST_TEST(body.is_in_memory());
  BOOST_TEST(body.bytes() == "abcd");
  BOOST_TEST(whole(body) == "abcd");
}

BOOST_AUTO_TEST_CASE(a_large_body_moves_to_a_file_without_a_name) {
  const gantry::test::temp_dir folder;
  recorder::spool body{folder.path()};
  std::string expected;
  for (char c = 'a'; c < 'e'; ++c) {
    expected.append(max_in_memory / 2, c);
    BOOST_TEST(!body.append(std::string(max_in_memory / 2, c)));
  }
  BOOST_TEST(!body.is_in_memory());
  BOOST_TEST(body.size() == expected.size());
  BOOST_TEST((whole(body) == expected));
  BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(a_folder_that_takes_no_file_is_an_error) {
  recorder::spool body{"/nowhere"};
  BOOST_TEST(body.append(std::string(max_in_memory + 1, 'a')).message() ==
             "No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
