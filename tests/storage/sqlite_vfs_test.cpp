// SQLite on a file system of ours: the write-ahead log, its index and its locks.
#include "storage/sqlite/vfs.hpp"

#include "storage/sqlite/connection.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <string>

using namespace gantry;
using gantry::storage::sqlite::connection;
using gantry::storage::sqlite::failure;

namespace {

struct on_files_of_ours {
  std::string mode_of(connection& database) {
    auto mode = database.query("PRAGMA journal_mode=WAL");
    BOOST_REQUIRE(mode.next());
    return std::string{mode.text(0)};
  }

  void fill(connection& database) {
    BOOST_TEST(mode_of(database) == "wal");
    database.execute("CREATE TABLE numbers (number INTEGER)");
    database.execute("INSERT INTO numbers VALUES (1), (2)");
  }

  static std::int64_t sum(connection& database) {
    return database.number("SELECT SUM(number) FROM numbers", -1);
  }

  bool has_log() const { return std::filesystem::exists(path + "-wal"); }

  test::temp_dir folder;
  const std::string path = (folder.path() / "database").string();
  std::chrono::microseconds waited{0};
  storage::sqlite::vfs files{storage::real_file_system(),
                             {[](std::span<unsigned char> bytes) {
                                std::ranges::fill(bytes, static_cast<unsigned char>(7));
                              },
                              [] { return std::int64_t{1'600'000'000'000}; },
                              [this](std::chrono::microseconds time) { waited += time; }}};
  const storage::sqlite::location place{path, files.name()};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_vfs, on_files_of_ours)

BOOST_AUTO_TEST_CASE(readers_see_what_was_committed_and_not_what_is_being_written) {
  connection writing{place, connection::mode::create};
  fill(writing);
  connection reading{place, connection::mode::read};
  BOOST_TEST(has_log());
  writing.execute("BEGIN IMMEDIATE; INSERT INTO numbers VALUES (10)");
  BOOST_TEST(sum(reading) == 3);
  writing.execute("COMMIT");
  BOOST_TEST(sum(reading) == 13);
}

BOOST_AUTO_TEST_CASE(a_reader_keeps_its_moment_and_the_log_that_it_needs) {
  connection writing{place, connection::mode::create};
  fill(writing);
  writing.checkpoint();
  connection reading{place, connection::mode::read};
  auto rows = reading.query("SELECT number FROM numbers");
  BOOST_REQUIRE(rows.next());
  writing.execute("INSERT INTO numbers VALUES (10)");
  writing.checkpoint();
  int read = 1;
  while (rows.next())
    ++read;
  BOOST_TEST(read == 2);
}

BOOST_AUTO_TEST_CASE(a_second_writer_waits_until_it_gives_up) {
  connection first{place, connection::mode::create};
  fill(first);
  connection second{place, connection::mode::write};
  first.execute("BEGIN IMMEDIATE");
  BOOST_CHECK_THROW(second.execute("BEGIN IMMEDIATE"), failure);
  BOOST_TEST(waited.count() > 0);
  first.execute("ROLLBACK");
  second.execute("BEGIN IMMEDIATE; ROLLBACK");
}

BOOST_AUTO_TEST_CASE(the_last_connection_empties_the_log) {
  {
    connection database{place, connection::mode::create};
    fill(database);
  }
  BOOST_TEST(!has_log());
  connection again{place, connection::mode::write};
  BOOST_TEST(sum(again) == 3);
}

BOOST_AUTO_TEST_CASE(other_journals_work_too) {
  connection database{place, connection::mode::create};
  fill(database);
  BOOST_TEST(database.query("PRAGMA journal_mode=DELETE").next());
  database.execute("BEGIN; INSERT INTO numbers VALUES (10); ROLLBACK");
  BOOST_TEST(sum(database) == 3);
}

BOOST_AUTO_TEST_CASE(time_and_random_numbers_come_from_outside) {
  connection database{place, connection::mode::create};
  BOOST_TEST(database.number("SELECT strftime('%s', 'now')", 0) == 1'600'000'000);
  const auto number = database.number("SELECT random()", 0);
  storage::sqlite::vfs same{storage::real_file_system(),
                            {[](std::span<unsigned char> bytes) {
                               std::ranges::fill(bytes, static_cast<unsigned char>(7));
                             },
                             [] { return std::int64_t{0}; }, [](std::chrono::microseconds) {}}};
  BOOST_TEST(database.number("SELECT random()", 0) == number);
}

BOOST_AUTO_TEST_SUITE_END()
