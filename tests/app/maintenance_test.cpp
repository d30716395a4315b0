// The commands for a stopped registry and their output, without a terminal.
#include "app/maintenance.hpp"

#include "app/progress_bar.hpp"
#include "app/seed.hpp"
#include "storage/api/answer_of.hpp"
#include "storage/disk/engine.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <future>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

using namespace gantry;

namespace {

/// Holds the seed image; stopped.
struct stopped_registry {
  stopped_registry() {
    const auto engine = storage::open_disk_engine({.folder = folder.path() / "data"});
    app::seed(*engine, "true");
  }
  test::temp_dir folder;
  const std::filesystem::path data = folder.path() / "data";
};

} // namespace

BOOST_AUTO_TEST_SUITE(maintenance)

BOOST_FIXTURE_TEST_CASE(a_sound_folder_is_verified_and_collected, stopped_registry) {
  BOOST_TEST(app::run(app::verify_command{data, {.deep = true}}) == 0);
  BOOST_TEST(app::run(app::gc_command{data, {.grace = std::chrono::milliseconds{0}}}) == 0);
  BOOST_TEST(app::run(app::verify_command{data, {.deep = true}}) == 0);
  const auto engine = storage::open_disk_engine({.folder = data});
  BOOST_TEST(answer_of(engine->metadata(), &metadata_engine::repository_count).value() == 1U);
}

BOOST_AUTO_TEST_CASE(the_report_counts_leased_content) {
  gc_report report;
  BOOST_TEST(app::describe_leases(report) == "");
  report.leased_links = 2;
  report.leased_blobs = 1;
  report.leases_end = time_point{std::chrono::seconds{1'795'852'800}};
  BOOST_TEST(app::describe_leases(report) ==
             "2 links and 1 blobs are kept by leases or open uploads, the last one until "
             "2026-11-28T08:00:00Z: --ignore-leases ends them\n");
}

BOOST_FIXTURE_TEST_CASE(leases_of_a_stopped_registry_can_be_ended, stopped_registry) {
  const std::string bytes = "left over";
  const auto engine = [&] { return storage::open_disk_engine({.folder = data}); };
  {
    const auto open = engine();
    auto sink =
      answer_of(open->uploads(), &upload_engine::open_sink, upload_id::generate()).value();
    answer_of(*sink, &blob_sink::append, std::as_bytes(std::span{bytes})).value();
    std::promise<result<blob_ptr>> published;
    open->blobs().publish(
      std::move(sink), digest::of(bytes), std::chrono::system_clock::now() + std::chrono::hours{1},
      [&](result<blob_ptr> outcome) { published.set_value(std::move(outcome)); });
    BOOST_REQUIRE(published.get_future().get().has_value());
  }
  app::gc_command command{data, {.grace = std::chrono::milliseconds{0}}};
  BOOST_TEST(app::run(command) == 0);
  BOOST_TEST(answer_of(engine()->blobs(), &blob_engine::find, digest::of(bytes)).has_value());
  command.policy.ignore_leases = true;
  BOOST_TEST(app::run(command) == 0);
  BOOST_TEST(!answer_of(engine()->blobs(), &blob_engine::find, digest::of(bytes)).has_value());
}

BOOST_FIXTURE_TEST_CASE(faults_make_the_exit_status_1_until_they_are_repaired, stopped_registry) {
  const test::temp_dir& at = folder;
  at.write("data/blobs/sha256/ab/stranger", "x");
  BOOST_TEST(app::run(app::verify_command{data, {}}) == 1);
}

BOOST_FIXTURE_TEST_CASE(a_folder_without_a_registry_is_refused, stopped_registry) {
  BOOST_CHECK_THROW(app::run(app::verify_command{folder.path() / "none", {}}), std::runtime_error);
  BOOST_CHECK_THROW(app::run(app::gc_command{folder.path(), {}}), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(the_bar_fits_a_line_and_ends_full) {
  BOOST_TEST(app::render_bar("verifying", 5, 10) ==
             "verifying [===============>              ] 50 % (5/10)");
  BOOST_TEST(app::render_bar("verifying", 10, 10) ==
             "verifying [==============================] 100 % (10/10)");
  BOOST_TEST(app::render_bar("x", 3, 0) == "x [==============================] 100 % (1/1)");
  BOOST_TEST(app::render_bar("x", 1572864, 3145728, app::progress_bar::unit::bytes) ==
             "x [===============>              ] 50 % (1.5/3.0 MiB)");
  BOOST_TEST(app::render_bar(std::string(100, 'x'), 1, 2).size() == 79U);
}

BOOST_AUTO_TEST_SUITE_END()
