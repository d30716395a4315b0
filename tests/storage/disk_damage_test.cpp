// Damage while the registry serves: rows whose bytes changed, and a folder that is removed.
#include "storage/api/answer_of.hpp"
#include "storage/disk/blobs.hpp"
#include "storage/disk/catalog.hpp"
#include "storage/disk/layout.hpp"
#include "storage/disk/repository.hpp"
#include "storage/disk/store.hpp"
#include "storage/engine_contract.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/table_keeper.hpp"
#include "storage/test_content.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

struct serving : repository<disk_subject> {
  serving() { engine->set_keeper(&leases); }
  ~serving() {
    store.reset();
    engine.reset();
  }

  /// A store without cached reads.
  std::shared_ptr<repository_store> fresh() { return engine->metadata().open(name("library/app")); }

  void execute(const char* sql) const {
    storage::sqlite::connection{(data() / "metadata.db").string(),
                                storage::sqlite::connection::mode::write}
      .execute(sql);
  }

  std::int64_t number(const char* sql) const {
    return storage::sqlite::connection{(data() / "metadata.db").string(),
                                       storage::sqlite::connection::mode::read}
      .number(sql, -1);
  }

  /// Waits until everything submitted before is written.
  void settle() { used_bytes(*engine); }

  std::filesystem::path data() const { return folder.path() / "data"; }

  table_keeper leases{[this] { return now; }};
  const std::string small = content(500, 1);
  const std::string large = content(100'000);
};

constexpr const char* flip_manifest =
  "UPDATE manifests SET content = CAST(REPLACE(content, 'schemaVersion', 'schemaversion') AS BLOB)";

} // namespace

BOOST_AUTO_TEST_SUITE(disk_damage)

BOOST_FIXTURE_TEST_CASE(a_damaged_manifest_is_unknown_until_it_is_pushed_again, serving) {
  const auto config = add_blob(small);
  const auto value = image({.blobs = {config}, .subject = absent_digest()});
  put_checked(*store, value, labels({"latest", "1"})).value();
  execute(flip_manifest);
  BOOST_TEST(code_of(answer_of(*fresh(), &repository_store::find_manifest, value->id())) ==
             errc::manifest_unknown);
  BOOST_TEST(code_of(answer_of(*fresh(), &repository_store::find_manifest, label("latest"))) ==
             errc::manifest_unknown);
  settle();
  BOOST_TEST(number("SELECT COUNT(*) FROM manifest_states WHERE state = 2") == 1);
  // A push of an index that names it is told to push it first.
  BOOST_TEST(code_of(put_checked(*store, index({value->id()}))) == errc::manifest_blob_unknown);
  put_checked(*store, value, labels({"latest"})).value();
  for (const auto& by : {reference{value->id()}, reference{label("latest")}, reference{label("1")}})
    BOOST_TEST(answer_of(*fresh(), &repository_store::find_manifest, by).value()->bytes() ==
               value->bytes());
  BOOST_TEST(put_checked(*store, index({value->id()})).has_value());
  BOOST_TEST(referrers_of(absent_digest()).size() == 1U);
  BOOST_TEST(number("SELECT COUNT(*) FROM manifests WHERE subject IS NOT NULL") == 1);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_manifest_can_be_deleted_and_leaves_nothing, serving) {
  const auto config = add_blob(small);
  const auto value = image({.blobs = {config}, .subject = absent_digest()});
  put_checked(*store, value, labels({"latest"})).value();
  execute("UPDATE manifests SET content = zeroblob(LENGTH(content))");
  BOOST_TEST(code_of(answer_of(*fresh(), &repository_store::find_manifest, value->id())) ==
             errc::manifest_unknown);
  BOOST_TEST(delete_manifest(*store, value->id()).has_value());
  for (const auto* sql : {"SELECT COUNT(*) FROM manifest_references", "SELECT COUNT(*) FROM tags",
                          "SELECT COUNT(*) FROM referrers", "SELECT COUNT(*) FROM manifest_states"})
    BOOST_TEST(number(sql) == 0);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_small_blob_is_unknown_until_it_is_pushed_again, serving) {
  const auto id = add_blob(small);
  execute("UPDATE blob_contents SET content = zeroblob(500)");
  BOOST_TEST(code_of(answer_of(*store, &repository_store::find_blob, id)) == errc::blob_unknown);
  BOOST_TEST(code_of(answer_of(engine->blobs(), &blob_engine::find, id)) == errc::blob_unknown);
  settle();
  BOOST_TEST(number("SELECT state FROM blobs") == 3);
  add_blob(small);
  BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, id).value()) == small);
  BOOST_TEST(number("SELECT state FROM blobs") == 0);
}

BOOST_FIXTURE_TEST_CASE(a_push_repairs_undetected_damage, serving) {
  const auto id = add_blob(small);
  execute("UPDATE blob_contents SET content = zeroblob(500)");
  add_blob(small);
  BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, id).value()) == small);
  const auto value = image({.blobs = {id}});
  put_checked(*store, value, labels({"1"})).value();
  execute(flip_manifest);
  put_checked(*store, value).value();
  BOOST_TEST(answer_of(*fresh(), &repository_store::find_manifest, label("1")).value()->bytes() ==
             value->bytes());
}

BOOST_FIXTURE_TEST_CASE(a_truncated_file_is_quarantined, serving) {
  const auto id = add_blob(large);
  namespace layout = storage::layout;
  const auto path =
    data() / "blobs/sha256" / layout::folder_name(layout::fan_out(id)) / layout::file_name(id);
  std::filesystem::resize_file(path, 10);
  BOOST_TEST(code_of(answer_of(*store, &repository_store::find_blob, id)) == errc::blob_unknown);
  settle();
  BOOST_TEST(!std::filesystem::exists(path));
  BOOST_TEST(number("SELECT state FROM blobs") == 3);
  BOOST_TEST(
    std::filesystem::exists(data() / "quarantine" / ("sha256-" + storage::layout::file_name(id))));
}

BOOST_FIXTURE_TEST_CASE(trusted_digests_are_not_compared, serving) {
  const auto claimed = digest::of("claimed");
  link(*store, publish(*engine, filled_sink(*engine, "other"), claimed, now + 1h).value()).value();
  BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, claimed).value()) == "other");
  const auto value =
    std::make_shared<const manifest>(manifest::accept("no manifest at all", {}, claimed));
  put(*store, value).value();
  BOOST_TEST(answer_of(*fresh(), &repository_store::find_manifest, claimed).value()->bytes() ==
             "no manifest at all");
}

BOOST_FIXTURE_TEST_CASE(nothing_is_acknowledged_once_the_folder_is_gone, serving) {
  const auto blob = add_blob(small);
  BOOST_TEST(engine->upkeep().health().has_value());
  struct {
    const char* what;
    std::filesystem::path from;
    bool is_moved;
  } const cases[]{
    {"the folder is renamed", data(), true},
    {"the database is gone", data() / "metadata.db", true},
    {"the log is gone", data() / "metadata.db-wal", true},
    {"the blobs are gone", data() / "blobs", true},
    {"the uploads are gone", data() / "uploads", true},
    {"the records of uploads are gone", data() / "upload-records", true},
  };
  unsigned round = 0;
  for (const auto& each : cases) {
    BOOST_TEST_CONTEXT(each.what) {
      const auto aside = folder.path() / "aside";
      std::filesystem::rename(each.from, aside);
      BOOST_TEST(code_of(engine->upkeep().health()) == errc::storage_failed);
      const auto value = image({.blobs = {blob}, .note = std::to_string(++round)});
      BOOST_TEST(code_of(put(*store, value)) == errc::storage_failed);
      std::filesystem::rename(aside, each.from);
      BOOST_TEST(engine->upkeep().health().has_value());
      BOOST_TEST(put(*store, value).has_value());
    }
  }
}

BOOST_FIXTURE_TEST_CASE(a_replaced_database_is_noticed, serving) {
  add_blob(small);
  std::filesystem::copy_file(data() / "metadata.db", folder.path() / "copy");
  std::filesystem::rename(folder.path() / "copy", data() / "metadata.db");
  BOOST_TEST(code_of(engine->upkeep().health()) == errc::storage_failed);
  BOOST_TEST(code_of(put(*store, image({}))) == errc::storage_failed);
}

BOOST_FIXTURE_TEST_CASE(a_removed_fan_out_folder_is_created_again, serving) {
  const auto id = add_blob(large);
  std::filesystem::remove_all(data() / "blobs/sha256");
  BOOST_TEST(code_of(answer_of(*store, &repository_store::find_blob, id)) == errc::blob_unknown);
  settle();
  BOOST_TEST(add_blob(large) == id);
  BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, id).value()) == large);
}

BOOST_AUTO_TEST_SUITE_END()
