// A folder of another program: links, pipes and devices in it are not followed or opened.
#include "transfer/source_folder.hpp"

#include "support/temp_dir.hpp"
#include "transfer/failure.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <span>
#include <string>
#include <sys/stat.h>

BOOST_AUTO_TEST_SUITE(source_folder)

using namespace gantry;
namespace fs = std::filesystem;

namespace {

struct fixture {
  /// The folder to read, and its surroundings.
  fs::path make() const {
    parent.write("outside/secret", "secret");
    parent.write("in/sub/file", "content");
    fs::create_symlink(parent.path() / "outside/secret", parent.path() / "in/sub/link");
    fs::create_directory_symlink(parent.path() / "outside", parent.path() / "in/away");
    ::mkfifo((parent.path() / "in/pipe").c_str(), 0600);
    return parent.path() / "in";
  }

  /// Why the file cannot be opened.
  std::string refusal(const char* path) const {
    try {
      source.open(path);
    } catch (const transfer::broken_entry& reason) {
      return reason.what();
    }
    return {};
  }

  test::temp_dir parent;
  transfer::source_folder source{make()};
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_file_can_be_read_in_pieces_or_whole, fixture) {
  auto file = source.open("sub/file");
  BOOST_REQUIRE(file.has_value());
  BOOST_TEST(file->size() == 7U);
  std::array<std::byte, 5> piece{};
  BOOST_TEST(file->read(piece) == 5U);
  BOOST_TEST(file->read(piece) == 2U);
  BOOST_TEST(file->read(piece) == 0U);
  BOOST_TEST(source.read("sub/file").value() == "content");
}

BOOST_FIXTURE_TEST_CASE(absence_is_not_a_fault, fixture) {
  for (const auto* path : {"none", "none/file", "sub/file/below"}) {
    BOOST_TEST(!source.open(path).has_value());
    BOOST_TEST(!source.read(path).has_value());
    BOOST_TEST(source.names(path).empty());
    BOOST_TEST(!source.has_folder(path));
  }
}

BOOST_FIXTURE_TEST_CASE(links_in_paths_are_not_followed, fixture) {
  BOOST_TEST(refusal("sub/link") == "sub/link is a link, which is not followed");
  BOOST_TEST(refusal("away/secret") == "away is a link, which is not followed");
  BOOST_TEST(refusal("../outside/secret") == "../outside leads out of the folder");
  BOOST_CHECK_THROW(source.names("away"), transfer::broken_entry);
  BOOST_TEST(!source.has_folder("away"));
}

BOOST_FIXTURE_TEST_CASE(only_regular_files_are_opened, fixture) {
  BOOST_TEST(refusal("pipe") == "pipe is not a regular file");
  BOOST_TEST(refusal("sub") == "sub is not a regular file");
}

BOOST_FIXTURE_TEST_CASE(a_large_document_is_not_read, fixture) {
  parent.write("in/large", "");
  fs::resize_file(parent.path() / "in/large", 5 * 1024 * 1024);
  BOOST_CHECK_THROW(source.read("large"), transfer::broken_entry);
}

BOOST_FIXTURE_TEST_CASE(names_are_sorted, fixture) {
  BOOST_TEST(source.names("") == (std::vector<std::string>{"away", "pipe", "sub"}),
             boost::test_tools::per_element());
  BOOST_TEST(source.has_folder("sub"));
}

BOOST_AUTO_TEST_CASE(the_folder_itself_may_be_a_link) {
  const test::temp_dir parent;
  parent.write("in/file", "content");
  fs::create_directory_symlink(parent.path() / "in", parent.path() / "link");
  BOOST_TEST(transfer::source_folder{parent.path() / "link"}.read("file").value() == "content");
  BOOST_CHECK_THROW(transfer::source_folder{parent.path() / "none"}, std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
