// What a verification finds in a damaged data folder, and what a repair does about it.
#include "storage/api/answer_of.hpp"
#include "storage/disk/verification.hpp"

#include "storage/disk/layout.hpp"
#include "storage/engine_contract.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/test_content.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace gantry;
using namespace gantry::test;

namespace {

/// Holds a tagged image with a large and a small blob; closed.
struct damaged : repository<disk_subject> {
  damaged() {
    add_blob(large);
    add_blob(small);
    put_checked(*store, value, labels({"latest"})).value();
    store.reset();
    engine.reset();
  }

  storage::verify_report verify(storage::verify_options options = {}) {
    lines.clear();
    return storage::verify_folder(data(), options,
                                  [this](const std::string& line) { lines.push_back(line); }, {})
      .value();
  }

  void open_again() {
    engine = open();
    store = engine->metadata().open(name("library/app"));
  }

  void execute(const char* sql) {
    storage::sqlite::connection{(data() / "metadata.db").string(),
                                storage::sqlite::connection::mode::write}
      .execute(sql);
  }

  bool says(std::string_view part) const {
    for (const auto& line : lines)
      if (line.find(part) != std::string::npos)
        return true;
    return false;
  }

  std::filesystem::path data() const { return folder.path() / "data"; }
  std::filesystem::path file_of(const digest& id) const {
    return data() / "blobs/sha256" / storage::layout::folder_name(storage::layout::fan_out(id)) /
           storage::layout::file_name(id);
  }

  const std::string large = content(100'000);
  const std::string small = content(500, 1);
  const manifest_ptr value = image({.blobs = {digest::of(small), digest::of(large)}});
  std::vector<std::string> lines;
};

} // namespace

BOOST_AUTO_TEST_SUITE(disk_verification)

BOOST_FIXTURE_TEST_CASE(a_sound_folder_has_no_faults, damaged) {
  const auto report = verify({.deep = true, .repair = true});
  BOOST_TEST(report.faults == 0U);
  BOOST_TEST(report.blobs == 2U);
  BOOST_TEST(report.manifests == 1U);
  BOOST_TEST(report.tags == 1U);
  BOOST_TEST(report.links == 2U);
  BOOST_TEST(report.absent == 0U);
  BOOST_TEST(report.orphans == 0U);
  BOOST_TEST(lines.empty());
}

BOOST_FIXTURE_TEST_CASE(changed_bytes_are_found_only_by_a_deep_check, damaged) {
  std::fstream{file_of(digest::of(large)), std::ios::in | std::ios::out | std::ios::binary} << "!";
  BOOST_TEST(verify().faults == 0U);
  BOOST_TEST(verify({.deep = true}).faults == 1U);
  BOOST_TEST(says(digest::of(large).to_string()));
  BOOST_TEST(says("holds other bytes"));
}

BOOST_FIXTURE_TEST_CASE(a_repaired_blob_is_unknown_until_it_is_pushed_again, damaged) {
  std::fstream{file_of(digest::of(large)), std::ios::in | std::ios::out | std::ios::binary} << "!";
  const auto report = verify({.deep = true, .repair = true});
  BOOST_TEST(report.repaired == 1U);
  BOOST_TEST(!std::filesystem::exists(file_of(digest::of(large))));
  BOOST_TEST(std::distance(std::filesystem::directory_iterator{data() / "quarantine"}, {}) == 1);
  open_again();
  BOOST_TEST(code_of(answer_of(*store, &repository_store::find_blob, digest::of(large))) ==
             errc::blob_unknown);
  BOOST_TEST(code_of(put_checked(*store, image({.blobs = {digest::of(large)}}))) ==
             errc::manifest_blob_unknown);
  BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, digest::of(small)).value()) ==
             small);
  add_blob(large);
  BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, digest::of(large)).value()) ==
             large);
  store.reset();
  engine.reset();
  BOOST_TEST(verify({.deep = true}).faults == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_missing_or_truncated_file_is_found, damaged) {
  std::filesystem::resize_file(file_of(digest::of(large)), 10);
  BOOST_TEST(verify().faults == 1U);
  std::filesystem::remove(file_of(digest::of(large)));
  BOOST_TEST(verify({.repair = true}).repaired == 1U);
  BOOST_TEST(verify().faults == 1U);
  BOOST_TEST(says("is known to be damaged: push it again"));
  BOOST_TEST(verify().absent == 1U);
}

BOOST_FIXTURE_TEST_CASE(bytes_in_the_database_are_checked_too, damaged) {
  execute("UPDATE blob_contents SET content = zeroblob(500)");
  BOOST_TEST(verify().faults == 0U);
  BOOST_TEST(verify({.deep = true, .repair = true}).repaired == 1U);
  open_again();
  add_blob(small);
  BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, digest::of(small)).value()) ==
             small);
}

BOOST_FIXTURE_TEST_CASE(a_manifest_of_other_bytes_is_found, damaged) {
  execute("UPDATE manifests SET content = CAST('{}' AS BLOB)");
  BOOST_TEST(verify().faults == 2U);
  BOOST_TEST(says("library/app@" + value->id().to_string()));
}

BOOST_FIXTURE_TEST_CASE(dangling_rows_are_removed, damaged) {
  execute("INSERT INTO tags VALUES (1, 'lost', 99); INSERT INTO links VALUES (77, 1); "
          "INSERT INTO manifest_references VALUES (1, x'00', 99); "
          "INSERT INTO referrers VALUES (1, x'00', x'01', '', '{}'); "
          "UPDATE repositories SET manifests = 5; UPDATE totals SET bytes = 1");
  BOOST_TEST(verify().faults == 6U);
  BOOST_TEST(verify({.repair = true}).repaired == 6U);
  BOOST_TEST(verify().faults == 0U);
  open_again();
  BOOST_TEST(tags_of(*store) == std::vector<std::string>{"latest"},
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(orphans_and_foreign_files_are_distinguished, damaged) {
  std::filesystem::copy(file_of(digest::of(large)),
                        file_of(digest::of(large)).replace_filename("x"));
  const auto other = file_of(digest::of("other"));
  std::filesystem::create_directories(other.parent_path());
  std::ofstream{other} << "other";
  const auto report = verify();
  BOOST_TEST(report.orphans == 1U);
  BOOST_TEST(report.faults == 1U);
  BOOST_TEST(says("a foreign file: x"));
}

BOOST_AUTO_TEST_SUITE_END()
