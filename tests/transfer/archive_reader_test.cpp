// Tar files, entry by entry.
#include "transfer/archive_reader.hpp"

#include "support/temp_dir.hpp"
#include "transfer/tar_file.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(archive_reader)

using gantry::test::tar_file;
using reader = gantry::transfer::archive_reader;

namespace {

struct fixture {
  gantry::test::temp_dir folder;
  std::filesystem::path file = folder.path() / "a.tar";
};

/// `path=content` or `path>target`.
std::vector<std::string> entries_of(const std::filesystem::path& file) {
  std::vector<std::string> entries;
  reader source{file};
  while (const auto entry = source.next())
    entries.push_back(entry->target.empty() ? entry->path + '=' + source.read_all(1000)
                                            : entry->path + '>' + entry->target);
  return entries;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(files_and_links_are_listed_and_folders_skipped, fixture) {
  for (const bool packed : {false, true}) {
    tar_file{file, packed}
      .folder("a/")
      .file("./a/one", "1")
      .symlink("b/two", "../a/one")
      .hardlink("three", "a/one")
      .close();
    BOOST_TEST(entries_of(file) ==
                 (std::vector<std::string>{"a/one=1", "b/two>a/one", "three>a/one"}),
               boost::test_tools::per_element());
  }
}

BOOST_FIXTURE_TEST_CASE(a_path_that_leaves_the_archive_is_empty, fixture) {
  tar_file{file}.file("../secret", "x").symlink("a", "../../etc/passwd").close();
  reader source{file};
  BOOST_TEST(source.next()->path.empty());
  const auto link = source.next();
  BOOST_TEST(link->path == "a");
  BOOST_TEST(link->target.empty());
}

BOOST_FIXTURE_TEST_CASE(a_large_entry_comes_in_pieces, fixture) {
  const std::string content(700'000, 'x');
  tar_file{file}.file("large", content).file("next", "y").close();
  reader source{file};
  BOOST_TEST(source.next()->size == content.size());
  std::string all;
  for (auto bytes = source.read(); !bytes.empty(); bytes = source.read())
    all.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  BOOST_TEST((all == content));
  BOOST_TEST(source.next()->path == "next");
  BOOST_TEST(source.position() > content.size());
}

BOOST_FIXTURE_TEST_CASE(a_document_has_a_bound, fixture) {
  tar_file{file}.file("large", std::string(1001, 'x')).close();
  BOOST_CHECK_THROW(entries_of(file), std::runtime_error);
}

BOOST_FIXTURE_TEST_CASE(other_files_are_not_archives, fixture) {
  BOOST_CHECK_THROW(reader{folder.path() / "absent"}, std::runtime_error);
  folder.write("a.tar", "this is no archive, and long enough to be sure of it");
  BOOST_CHECK_THROW(entries_of(file), std::runtime_error);
}

BOOST_FIXTURE_TEST_CASE(a_truncated_archive_is_refused, fixture) {
  tar_file{file}.file("large", std::string(10'000, 'x')).close();
  std::filesystem::resize_file(file, 5000);
  BOOST_CHECK_THROW(
    {
      reader source{file};
      source.next();
      source.read_all(20'000);
    },
    std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
