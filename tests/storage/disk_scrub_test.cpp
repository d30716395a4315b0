// Rereading blobs while other threads use them.
#include "storage/api/answer_of.hpp"
#include "storage/disk/layout.hpp"
#include "storage/disk/pace.hpp"
#include "storage/engine_contract.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/table_keeper.hpp"
#include "storage/test_content.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

/// An open engine with a large and a small blob.
struct scrubbing : repository<disk_subject> {
  scrubbing() {
    add_blob(large);
    add_blob(small);
  }

  scrub_report scrub(const progress_callback& progress = {}) {
    return answer_of(engine->upkeep(), &upkeep_engine::scrub, unlimited, progress).value();
  }

  std::filesystem::path file_of(std::string_view bytes) const {
    const auto id = digest::of(bytes);
    return folder.path() / "data/blobs/sha256" /
           storage::layout::folder_name(storage::layout::fan_out(id)) /
           storage::layout::file_name(id);
  }

  void damage(std::string_view bytes) const {
    std::fstream{file_of(bytes), std::ios::in | std::ios::out | std::ios::binary} << "!";
  }

  void execute(const char* sql) const {
    storage::sqlite::connection{(folder.path() / "data/metadata.db").string(),
                                storage::sqlite::connection::mode::write}
      .execute(sql);
  }

  bool has(std::string_view bytes) {
    return answer_of(*store, &repository_store::find_blob, digest::of(bytes)).has_value();
  }

  const std::string large = content(600'000);
  const std::string small = content(500, 1);
};

} // namespace

BOOST_AUTO_TEST_SUITE(disk_scrub)

BOOST_FIXTURE_TEST_CASE(sound_blobs_stay, scrubbing) {
  const auto report = scrub();
  BOOST_TEST(report.blobs == 2U);
  BOOST_TEST(report.bytes == large.size() + small.size());
  BOOST_TEST(report.damaged == 0U);
  BOOST_TEST(has(large));
  BOOST_TEST(has(small));
}

BOOST_FIXTURE_TEST_CASE(a_damaged_file_is_unknown_until_it_is_pushed_again, scrubbing) {
  damage(large);
  BOOST_TEST(has(large));
  // A push relies on it: the lease protects it from collections, but not from quarantine.
  table_keeper leases{[this] { return now; }};
  engine->set_keeper(&leases);
  leases.lease(digest::of(large), now + 1h);
  BOOST_TEST(scrub().damaged == 1U);
  BOOST_TEST(!has(large));
  BOOST_TEST(!std::filesystem::exists(file_of(large)));
  BOOST_TEST(has(small));
  BOOST_TEST(scrub().damaged == 0U);
  add_blob(large);
  BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, digest::of(large)).value()) ==
             large);
  BOOST_TEST(scrub().blobs == 2U);
}

BOOST_FIXTURE_TEST_CASE(damage_in_the_database_is_found_too, scrubbing) {
  execute("UPDATE blob_contents SET content = zeroblob(500)");
  BOOST_TEST(scrub().damaged == 1U);
  BOOST_TEST(!has(small));
  add_blob(small);
  BOOST_TEST(has(small));
}

BOOST_FIXTURE_TEST_CASE(a_missing_file_is_found, scrubbing) {
  std::filesystem::remove(file_of(large));
  BOOST_TEST(scrub().damaged == 1U);
  add_blob(large);
  BOOST_TEST(has(large));
}

BOOST_FIXTURE_TEST_CASE(a_scrub_reads_everything_once_from_any_start, scrubbing) {
  for (std::uint32_t i = 2; i < 9; ++i)
    add_blob(content(300, i));
  for (int round = 0; round < 20; ++round)
    BOOST_TEST(scrub().blobs == 9U);
}

BOOST_FIXTURE_TEST_CASE(a_scrub_stops_on_request, scrubbing) {
  std::uint64_t seen = 0;
  const auto report = scrub([&](std::uint64_t done, std::uint64_t total) {
    BOOST_TEST(total == 2U);
    seen = done;
    return done == 0;
  });
  BOOST_TEST(seen == 1U);
  BOOST_TEST(report.blobs == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_rate_limited_scrub_can_be_stopped, scrubbing) {
  // At a byte per second, this would take a week.
  int asked = 0;
  const auto report = answer_of(engine->upkeep(), &upkeep_engine::scrub, 1,
                                [&](std::uint64_t, std::uint64_t) { return ++asked < 3; });
  BOOST_TEST(report.value().blobs == 0U);
  BOOST_TEST(report.value().damaged == 0U);
  BOOST_TEST(has(large));
}

BOOST_AUTO_TEST_CASE(the_pace_is_an_average_that_forgets_idle_time) {
  storage::pace pace{1000};
  const storage::pace::time_point start{1h};
  BOOST_TEST((pace.after(500, start) - start == 500ms));
  BOOST_TEST((pace.after(500, start + 100ms) - start == 1000ms));
  BOOST_TEST((pace.after(1000, start + 5s) - start == 6s));
}

BOOST_AUTO_TEST_SUITE_END()
