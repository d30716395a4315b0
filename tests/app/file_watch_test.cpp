// Files that are replaced while they are watched.
#include "app/file_watch.hpp"

#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>

using namespace gantry;
namespace fs = std::filesystem;

namespace {

struct watched_file {
  watched_file() { write(file, "first"); }

  static void write(const fs::path& where, const std::string& text) {
    std::ofstream{where} << text;
  }

  test::temp_dir folder;
  fs::path file = folder.path() / "c.yml";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(file_watch, watched_file)

BOOST_AUTO_TEST_CASE(an_untouched_file_has_not_changed) {
  app::file_watch watch{file.string()};
  BOOST_TEST(!watch.has_changed());
  write(folder.path() / "other", "text");
  BOOST_TEST(!watch.has_changed());
}

BOOST_AUTO_TEST_CASE(a_change_is_reported_once) {
  app::file_watch watch{file.string()};
  write(file, "longer than before");
  BOOST_TEST(watch.has_changed());
  BOOST_TEST(!watch.has_changed());
}

BOOST_AUTO_TEST_CASE(a_file_may_be_replaced_come_later_and_go) {
  const auto late = folder.path() / "late.yml";
  app::file_watch watch{late.string()};
  BOOST_TEST(!watch.has_changed());
  fs::rename(file, late);
  BOOST_TEST(watch.has_changed());
  fs::remove(late);
  BOOST_TEST(!watch.has_changed());
  write(late, "again");
  BOOST_TEST(watch.has_changed());
}

BOOST_AUTO_TEST_CASE(a_link_that_leads_elsewhere_is_a_change) {
  // As Kubernetes replaces the files of a ConfigMap.
  const auto other = folder.path() / "other";
  const auto link = folder.path() / "link";
  const auto next = folder.path() / "next";
  write(other, "second");
  fs::create_symlink(file, link);
  app::file_watch watch{link.string()};
  fs::create_symlink(other, next);
  fs::rename(next, link);
  BOOST_TEST(watch.has_changed());
}

BOOST_AUTO_TEST_SUITE_END()
