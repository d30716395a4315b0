// Older databases are upgraded, and queries that clients could make expensive use an index.
#include "storage/api/answer_of.hpp"
#include "storage/disk/schema.hpp"

#include "storage/disk/repository.hpp"
#include "storage/disk/store.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/test_content.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry;
using namespace gantry::storage;
using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

struct folder_of_version_1 {
  /// Undoes version 2.
  folder_of_version_1() {
    {
      disk_store store{options()};
      disk_repository repository{store, name("a")};
      put(repository, image({}), labels({"latest"})).value();
    }
    sqlite::connection database{path(), sqlite::connection::mode::write};
    database.execute("DROP TABLE manifest_states; DROP TABLE lost_subjects; "
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
