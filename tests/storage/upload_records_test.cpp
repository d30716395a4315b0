#include "storage/disk/upload_records.hpp"

#include "storage/test_content.hpp"
#include "support/golden.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace gantry;
using namespace gantry::storage;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t largest_inline = 8000;
constexpr auto slot_size = upload_records::slot_size_for(largest_inline);

struct records_fixture {
  records_fixture() { reopen(); }

  void reopen() {
    records.reset();
    file slots{::open(path().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    records.emplace(std::move(slots), largest_inline, "this boot");
  }

  std::string path() const { return (folder.path() / "records").string(); }
  std::uint64_t slots_in_file() const {
    return (std::filesystem::file_size(path()) + slot_size - 1) / slot_size;
  }

  saved_upload upload(std::string_view repository = "a") {
    now += 1s;
    return {upload_id::generate(), test::name(repository), now};
  }

  void save(const saved_upload& whose, std::string_view bytes) {
    hasher hash{digest_algorithm::sha256};
    hash.update(std::as_bytes(std::span{bytes}));
    records->save(whose, {bytes.size(), false}, hash, bytes).value();
  }

  std::string bytes_of(const saved_upload& whose) const {
    const auto found = records->find(whose.id).value();
    return found ? found->inline_bytes : "none";
  }

  /// What is in a slot of the file.
  std::string slot_text(std::size_t number) const {
    return test::read_text(path()).substr(number * slot_size, slot_size);
  }
  void overwrite(std::size_t place, std::string_view text) const {
    std::fstream out{path(), std::ios::in | std::ios::out | std::ios::binary};
    out.seekp(static_cast<std::streamoff>(place));
    out << text;
  }

  test::temp_dir folder;
  time_point now{std::chrono::hours{24 * 365 * 50}};
  std::optional<upload_records> records;
};

} // namespace

BOOST_AUTO_TEST_SUITE(upload_records)

BOOST_FIXTURE_TEST_CASE(records_outlive_the_process, records_fixture) {
  const auto empty = upload("a/b");
  const auto small = upload();
  const auto large = upload();
  save(empty, "");
  save(small, "some bytes");
  save(large, std::string(largest_inline, 'x'));
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_TEST(records->size() == 3U);
    BOOST_TEST(bytes_of(empty).empty());
    BOOST_TEST(bytes_of(small) == "some bytes");
    BOOST_TEST(bytes_of(large) == std::string(largest_inline, 'x'));
    BOOST_TEST(records->find(empty.id).value()->whose.repository.to_string() == "a/b");
    BOOST_TEST((records->saved_at(small.id) == small.saved));
    reopen();
  }
  BOOST_TEST(records->forget(small.id));
  BOOST_TEST(!records->forget(small.id));
  BOOST_TEST(bytes_of(small) == "none");
  reopen();
  BOOST_TEST(bytes_of(small) == "none");
  BOOST_TEST(records->size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(slots_are_used_again, records_fixture) {
  const auto stays = upload();
  save(stays, "");
  for (int i = 0; i < 100; ++i) {
    const auto passes = upload();
    save(passes, "");
    save(passes, "more");
    BOOST_TEST(records->forget(passes.id));
  }
  BOOST_TEST(slots_in_file() == 3U);
  reopen();
  BOOST_TEST(records->size() == 1U);
  BOOST_TEST(slots_in_file() == 1U);
}

BOOST_FIXTURE_TEST_CASE(free_slots_at_the_end_are_cut_off, records_fixture) {
  std::vector<saved_upload> uploads;
  for (int i = 0; i < 10; ++i) {
    uploads.push_back(upload());
    save(uploads.back(), "bytes");
  }
  for (const auto i : {9, 8, 6})
    records->forget(uploads.at(static_cast<std::size_t>(i)).id);
  reopen();
  BOOST_TEST(slots_in_file() == 8U);
  const auto more = upload();
  save(more, "fills the gap");
  BOOST_TEST(slots_in_file() == 8U);
  BOOST_TEST(bytes_of(more) == "fills the gap");
  BOOST_TEST(bytes_of(uploads.at(7)) == "bytes");
}

BOOST_FIXTURE_TEST_CASE(a_process_that_dies_while_it_saves_leaves_the_record_before,
                        records_fixture) {
  const auto whose = upload();
  save(whose, "before");
  const auto before = slot_text(0);
  save(whose, std::string(6000, 'y'));
  const auto after = slot_text(1);
  for (const std::size_t written : {0, 1, 70, 500, 4096, 6100}) {
    BOOST_TEST_CONTEXT(written << " bytes written") {
      overwrite(0, before);
      overwrite(slot_size, std::string(after.size(), '\0'));
      overwrite(slot_size, after.substr(0, written));
      reopen();
      BOOST_TEST(bytes_of(whose) == "before");
    }
  }
}

BOOST_FIXTURE_TEST_CASE(of_two_records_the_later_one_counts, records_fixture) {
  const auto whose = upload();
  save(whose, "before");
  const auto before = slot_text(0);
  save(whose, "before, and after");
  const auto after = slot_text(1);
  for (const bool turned : {false, true}) {
    overwrite(0, turned ? after : before);
    overwrite(slot_size, turned ? before : after);
    reopen();
    BOOST_TEST(records->size() == 1U);
    BOOST_TEST(bytes_of(whose) == "before, and after");
    reopen(); // the other one is gone for good
    BOOST_TEST(bytes_of(whose) == "before, and after");
  }
}

BOOST_FIXTURE_TEST_CASE(a_damaged_slot_is_free, records_fixture) {
  const auto damaged = upload();
  const auto intact = upload();
  save(damaged, "one");
  save(intact, "two");
  overwrite(200, "?");
  BOOST_TEST(bytes_of(damaged) == "none");
  reopen();
  BOOST_TEST(bytes_of(damaged) == "none");
  BOOST_TEST(bytes_of(intact) == "two");
  save(damaged, "again");
  BOOST_TEST(slots_in_file() == 2U);
  BOOST_TEST(bytes_of(damaged) == "again");
}

BOOST_AUTO_TEST_SUITE_END()
