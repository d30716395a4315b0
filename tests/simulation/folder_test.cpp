// A new data folder on a disk that loses power.
#include "storage/disk/folder.hpp"

#include "simulation/disk.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

using namespace gantry;
using namespace gantry::simulation;

namespace {

bool exists(mount& files, const char* path) {
  struct stat found {};
  return files.status(AT_FDCWD, path, found, 0) == 0;
}

} // namespace

BOOST_AUTO_TEST_SUITE(folder)

BOOST_AUTO_TEST_CASE(a_new_folder_and_its_parents_are_durable) {
  const auto now = [] { return std::chrono::system_clock::time_point{}; };
  simulation::disk medium{1024 * 1024};
  {
    mount process{medium, now};
    const storage::data_folder made{"/srv/registry/", true, {}, process};
    process.end_process();
  }
  dice choices{1};
  medium.lose_power(choices, loss::all);
  mount process{medium, now};
  BOOST_TEST(exists(process, "/srv/registry/blobs"));
  BOOST_TEST(exists(process, "/srv/registry/uploads"));
}

BOOST_AUTO_TEST_SUITE_END()
