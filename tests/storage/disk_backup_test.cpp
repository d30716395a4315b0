// Backups of a data folder: what a collection leaves for them, and how they are restored.
#include "storage/api/answer_of.hpp"
#include "storage/disk/backup.hpp"

#include "storage/disk/blob_hold.hpp"
#include "storage/disk/engine.hpp"
#include "storage/test_content.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <stdexcept>

using namespace gantry;
using namespace gantry::test;

BOOST_AUTO_TEST_SUITE(disk_backup)

BOOST_AUTO_TEST_CASE(a_collection_waits_for_all_backups_and_they_for_it) {
  const temp_dir folder;
  {
    const auto first = storage::hold_blobs(folder.path());
    const auto second = storage::hold_blobs(folder.path());
    BOOST_TEST(!storage::claim_removal(folder.path()).value().has_value());
  }
  BOOST_TEST(storage::claim_removal(folder.path()).value().has_value());
  BOOST_CHECK_THROW(storage::hold_blobs(folder.path() / "absent"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(the_folder_of_a_stopped_registry_is_backed_up_and_restored) {
  const temp_dir folder;
  const auto data = folder.path() / "data";
  const auto to = folder.path() / "backup";
  const auto restored = folder.path() / "restored";
  const auto large = content(100'000);
  {
    const auto engine = storage::open_disk_engine({.folder = data});
    const auto store = engine->metadata().open(name("app"));
    for (const auto& bytes : {large, content(100, 1)})
      link(*store, publish(*engine, bytes, std::chrono::system_clock::now())).value();
  }
  const auto first = storage::back_up(data, to);
  BOOST_TEST(first.blobs == 2U);
  BOOST_TEST(first.bytes == 100'100U);
  BOOST_TEST(first.linked == 1U);
  BOOST_TEST(storage::back_up(data, to).present == 1U);
  BOOST_CHECK_THROW(storage::open_disk_engine({.folder = to}), std::runtime_error);
  BOOST_TEST(storage::restore_backup(to, restored, {.copy = true}).copied_bytes == 100'000U);
  const auto engine = storage::open_disk_engine({.folder = restored});
  BOOST_TEST(answer_of(*engine->metadata().open(name("app")), &repository_store::find_blob,
                       digest::of(large))
               .has_value());
}

BOOST_AUTO_TEST_SUITE_END()
