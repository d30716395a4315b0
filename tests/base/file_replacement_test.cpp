#include "base/file_replacement.hpp"

#include "base/file_text.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <iterator>
#include <system_error>

#include <sys/stat.h>

BOOST_AUTO_TEST_SUITE(file_replacement)

namespace {

namespace fs = std::filesystem;
using gantry::read_file;
using gantry::replace_file;
using gantry::test::temp_dir;

auto entries_of(const fs::path& folder) {
  return std::distance(fs::directory_iterator{folder}, {});
}

} // namespace

BOOST_AUTO_TEST_CASE(a_new_file_is_its_owners_alone) {
  const temp_dir folder;
  const auto file = folder.path() / "new";
  replace_file(file, "text");
  BOOST_TEST(read_file(file, 100).value() == "text");
  BOOST_TEST((fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(the_mode_can_be_prepared) {
  const temp_dir folder;
  const auto file = folder.write("old", "before");
  replace_file(file, "after", [](int made) { return ::fchmod(made, 0640) == 0; });
  BOOST_TEST(read_file(file, 100).value() == "after");
  BOOST_TEST((fs::status(file).permissions() ==
              (fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read)));
}

BOOST_AUTO_TEST_CASE(a_failure_leaves_the_old_file_alone) {
  const temp_dir folder;
  const auto file = folder.write("old", "before");
  BOOST_CHECK_THROW(replace_file(file, "after", [](int) { return false; }), std::system_error);
  BOOST_TEST(read_file(file, 100).value() == "before");
  BOOST_TEST(entries_of(folder.path()) == 1);
  BOOST_CHECK_THROW(replace_file(folder.path() / "no" / "folder", "text"), std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
