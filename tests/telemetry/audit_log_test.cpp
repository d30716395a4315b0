// The lines of the audit log, and what happens if they cannot be written.
#include "telemetry/audit_log.hpp"

#include "base/text.hpp"
#include "support/golden.hpp"
#include "support/temp_dir.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>

using gantry::telemetry::audit_entry;
using namespace std::chrono_literals;

namespace {

audit_entry push() {
  return {.time = std::chrono::system_clock::time_point{1'769'860'800'042ms},
          .user = "alice",
          .remote = "127.0.0.1:50000",
          .action = "put_manifest",
          .repository = "app",
          .reference = "1",
          .status = 201,
          .request_id = "7d2a"};
}

constexpr auto line =
  R"({"time":"2026-01-31T12:00:00.042Z","user":"alice","remote":"127.0.0.1:50000",)"
  R"("action":"put_manifest","repository":"app","reference":"1","status":201,)"
  R"("request_id":"7d2a","trace_id":""})"
  "\n";

struct auditing {
  gantry::test::temp_dir folder;
  std::filesystem::path file = folder.path() / "audit.log";
  gantry::telemetry::audit_log log{file.string()};

  std::string written() const { return gantry::test::read_text(file); }
};

/// Files of this process cannot grow beyond `bytes` for this object's lifetime.
class short_files {
public:
  explicit short_files(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    auto now = before_;
    now.rlim_cur = bytes;
    std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~short_files() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
  rlimit before_{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(audit_log, auditing)

BOOST_AUTO_TEST_CASE(a_line_is_in_the_file_when_it_was_written) {
  log.write(push());
  BOOST_TEST(written() == line);
}

BOOST_AUTO_TEST_CASE(a_hostile_text_stays_one_line_of_json) {
  auto entry = push();
  entry.user = "a\"\n{\\\x01\xff";
  log.write(entry);
  const auto text = written();
  BOOST_TEST(text.find('\n') == text.size() - 1);
  BOOST_TEST(boost::json::parse(text).at("user").as_string() == "a\"\n{\\\x01\u00ff");
}

BOOST_AUTO_TEST_CASE(it_appends_to_what_is_there) {
  folder.write("other", "before\n");
  gantry::telemetry::audit_log other{(folder.path() / "other").string()};
  other.write(push());
  BOOST_TEST(gantry::test::read_text(folder.path() / "other") == gantry::concat("before\n", line));
}

BOOST_AUTO_TEST_CASE(lines_of_many_threads_are_whole_and_none_is_lost) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([this] {
      for (int i = 0; i < 500; ++i)
        log.write(push());
    });
  for (auto& each : threads)
    each.join();
  std::istringstream lines{written()};
  int whole = 0;
  for (std::string text; std::getline(lines, text); ++whole)
    BOOST_REQUIRE(text + "\n" == line);
  BOOST_TEST(whole == 2000);
  BOOST_TEST(log.lost_lines() == 0u);
}

BOOST_AUTO_TEST_CASE(after_a_rotation_lines_are_in_the_new_file) {
  log.write(push());
  std::filesystem::rename(file, folder.path() / "audit.log.1");
  log.write(push());
  log.reopen();
  log.write(push());
  BOOST_TEST(written() == line);
  BOOST_TEST(gantry::test::read_text(folder.path() / "audit.log.1") == gantry::concat(line, line));
}

BOOST_AUTO_TEST_CASE(a_reopening_that_fails_goes_on_with_the_old_file) {
  std::filesystem::rename(file, folder.path() / "audit.log.1");
  std::filesystem::create_directory(file);
  log.reopen();
  log.write(push());
  BOOST_TEST(gantry::test::read_text(folder.path() / "audit.log.1") == line);
}

BOOST_AUTO_TEST_CASE(a_file_without_room_loses_lines_and_counts_them) {
  log.write(push());
  {
    const short_files full{std::string{line}.size() + 10};
    log.write(push()); // cut after 10 bytes
    log.write(push());
  }
  BOOST_TEST(log.lost_lines() == 2u);
  log.write(push());
  const auto text = written();
  BOOST_TEST(text.starts_with(line));
  BOOST_TEST(text.ends_with(gantry::concat("\n", line))); // a cut line spoils no other
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened_is_an_error_that_names_it) {
  BOOST_CHECK_EXCEPTION(gantry::telemetry::audit_log{"/nowhere/audit.log"}, std::runtime_error,
                        [](const std::runtime_error& failure) {
                          return std::string{failure.what()}.starts_with(
                            "/nowhere/audit.log cannot be written: No such file");
                        });
}

BOOST_AUTO_TEST_SUITE_END()
