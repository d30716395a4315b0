// Older databases are upgraded, and queries that clients could make expensive use an index.
#include "storage/api/answer_of.hpp"
#include "storage/disk/schema.hpp"

#include "storage/disk/repository.hpp"
#include "storage/disk/store.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/test_content.hpp"
#include "support/golden.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <vector>

using namespace gantry;
using namespace gantry::storage;
using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

/// Written by a program that knew version 2.
struct folder_of_version_2 {
  folder_of_version_2() {
    std::filesystem::create_directory(folder.path() / "data");
    sqlite::connection database{path(), sqlite::connection::mode::create};
    database.execute(
      read_text(std::filesystem::path{GANTRY_SOURCE_DIR} / "tests/storage/fixtures/version_2.sql")
        .c_str());
  }

  std::string path() const { return (folder.path() / "data/metadata.db").string(); }

  temp_dir folder;
};

struct folder_of_version_1 {
  /// Undoes versions 2 and 3.
  folder_of_version_1() {
    {
      disk_store store{options()};
      disk_repository repository{store, name("a")};
      put(repository, image({}), labels({"latest"})).value();
    }
    sqlite::connection database{path(), sqlite::connection::mode::write};
    database.execute("DROP TABLE history; DROP TABLE kept_manifests; DROP TABLE manifest_states; "
                     "DROP TABLE lost_subjects; "
                     "DROP INDEX referrers_by_type; PRAGMA user_version=1");
  }

  disk_options options() {
    return {.folder = folder.path() / "data", .restart_hold = 0ms, .now = [this] { return now; }};
  }
  std::string path() const { return (folder.path() / "data/metadata.db").string(); }

  temp_dir folder;
  time_point now{std::chrono::hours{24 * 365 * 50}};
};

} // namespace

BOOST_AUTO_TEST_SUITE(disk_schema)

BOOST_FIXTURE_TEST_CASE(a_folder_of_version_1_is_upgraded, folder_of_version_1) {
  now += 24h;
  {
    disk_store store{options()};
    disk_repository repository{store, name("a")};
    BOOST_TEST(
      answer_of(repository, &repository_store::find_manifest, label("latest")).has_value());
    BOOST_TEST(put(repository, image({.note = "new"})).has_value());
  }
  sqlite::connection database{path(), sqlite::connection::mode::read};
  BOOST_TEST(database.number("PRAGMA user_version", 0) == schema_version);
  BOOST_TEST(database.number("SELECT COUNT(*) FROM manifest_states", 0) == 2);
  // The old version did not record its last loss, so its grace period starts now.
  BOOST_TEST(database.number("SELECT MIN(young_since) FROM manifest_states", 0) ==
             to_milliseconds(now));
  BOOST_TEST(
    database.number("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'referrers_by_type'", 0) == 1);
}

BOOST_FIXTURE_TEST_CASE(a_folder_of_version_2_is_upgraded, folder_of_version_2) {
  for (int opened = 0; opened < 2; ++opened) {
    const auto engine = open_disk_engine({.folder = folder.path() / "data"});
    BOOST_TEST(catalog_of(*engine) == (std::vector<std::string>{"library/app", "team/tool"}),
               boost::test_tools::per_element());
    const auto store = engine->metadata().open(name("library/app"));
    BOOST_TEST(tags_of(*store) == (std::vector<std::string>{"1", "2", "latest"}),
               boost::test_tools::per_element());
    // What it did not record is told as if the tags had been pushed with their manifests.
    const auto value = answer_of(*store, &repository_store::find_manifest, label("latest")).value();
    const auto told =
      answer_of(*store, &repository_store::list_history, history_query{.name = label("latest")})
        .value();
    BOOST_REQUIRE(told.items.size() == 1U);
    const auto& entry = told.items.front();
    BOOST_TEST((entry.kind == change_kind::push));
    BOOST_TEST((entry.target() == value->id()));
    BOOST_TEST(entry.size == value->bytes().size());
    BOOST_TEST(entry.media_type == value->type().to_string());
    BOOST_TEST(to_milliseconds(entry.at) > 1'790'000'000'000);
    BOOST_TEST(!entry.by);
  }
}

BOOST_FIXTURE_TEST_CASE(rare_referrers_are_found_without_scanning_others, folder_of_version_1) {
  disk_store store{options()};
  disk_repository repository{store, name("a")};
  const auto subject = absent_digest();
  const auto add = [&](int from, int to, const char* type) {
    for (int i = from; i < to; ++i)
      put(repository, image({.subject = subject, .artifact_type = type, .note = std::to_string(i)}))
        .value();
  };
  const auto steps_of = [&](const referrers_query& query, std::size_t expected) {
    const auto before = store.readers.acquire()->steps();
    BOOST_TEST(answer_of(repository, &repository_store::list_referrers, subject, query)
                 .value()
                 .items.size() == expected);
    return store.readers.acquire()->steps() - before;
  };
  add(0, 3, "application/rare");
  referrers_query rare;
  rare.artifact_types = {"application/rare"};
  const auto few = steps_of(rare, 3);
  add(3, 400, "application/frequent");
  BOOST_TEST(steps_of(rare, 3) == few);
  // The cost of a page depends only on its length.
  referrers_query page;
  page.max_bytes = 1;
  const auto one = steps_of(page, 1);
  BOOST_TEST(one < steps_of({}, 400) / 2);
  referrers_query absent;
  absent.artifact_types = {"application/absent"};
  BOOST_TEST(steps_of(absent, 0) < few);
}

BOOST_AUTO_TEST_SUITE_END()
