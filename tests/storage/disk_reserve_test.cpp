// The room that a data folder keeps for deletions.
#include "storage/disk/reserve.hpp"

#include "storage/disk/engine.hpp"
#include "storage/test_content.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <filesystem>
#include <limits>

#include <fcntl.h>
#include <sys/stat.h>

using namespace gantry;
using namespace gantry::storage;

namespace {

constexpr std::uint64_t size = 1024 * 1024;

struct reserving {
  test::temp_dir folder;
  file parent{::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  std::filesystem::path reserved = folder.path() / "reserve";

  /// Bytes that the disk has set aside for the file.
  std::uint64_t allocated() const {
    struct stat found {};
    return ::stat(reserved.c_str(), &found) == 0 ? std::uint64_t(found.st_blocks) * 512 : 0;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_reserve, reserving)

BOOST_AUTO_TEST_CASE(it_sets_bytes_aside) {
  const storage::disk_reserve reserve{parent.descriptor(), size};
  BOOST_TEST(!reserve.is_used_up());
  BOOST_TEST(allocated() >= size);
}

BOOST_AUTO_TEST_CASE(a_full_disk_gets_them_and_returns_them_later) {
  storage::disk_reserve reserve{parent.descriptor(), size};
  BOOST_TEST(reserve.release());
  BOOST_TEST(reserve.is_used_up());
  BOOST_TEST(allocated() == 0u);
  BOOST_TEST(!reserve.release()); // there is nothing more
  BOOST_TEST(reserve.restore());
  BOOST_TEST(!reserve.is_used_up());
  BOOST_TEST(allocated() >= size);
  BOOST_TEST(reserve.release());
}

BOOST_AUTO_TEST_CASE(the_next_process_takes_it_over) {
  { const storage::disk_reserve first{parent.descriptor(), size}; }
  storage::disk_reserve second{parent.descriptor(), size};
  BOOST_TEST(allocated() >= size);
  BOOST_TEST(second.release());
}

BOOST_AUTO_TEST_CASE(a_small_disk_has_none_and_works_as_without) {
  storage::disk_reserve reserve{parent.descriptor(),
                                std::numeric_limits<std::uint64_t>::max() / 16};
  BOOST_TEST(!std::filesystem::exists(reserved));
  BOOST_TEST(!reserve.is_used_up());
  BOOST_TEST(!reserve.release());
  BOOST_TEST(reserve.restore());
}

BOOST_AUTO_TEST_CASE(an_engine_has_one_and_says_how_much_room_there_is) {
  disk_options options;
  options.folder = folder.path() / "data";
  options.reserve = size;
  const auto engine = open_disk_engine(std::move(options));
  BOOST_TEST(std::filesystem::file_size(folder.path() / "data" / "reserve") == size);
  const auto room = engine->upkeep().room();
  BOOST_TEST(!room.is_full);
  BOOST_TEST(room.free.value() > 0u);
  BOOST_TEST(!room.limit.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
