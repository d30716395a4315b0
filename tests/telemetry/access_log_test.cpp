// The lines of the access log, in both formats.
#include "telemetry/access_log.hpp"

#include "support/golden.hpp"
#include "support/pipe.hpp"
#include "support/temp_dir.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(access_log)

using gantry::telemetry::access_entry;
using gantry::telemetry::access_logger;
using gantry::telemetry::log_format;
using gantry::test::pipe;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

namespace {

access_entry pull() {
  return {.finished = std::chrono::system_clock::time_point{1'769'860'800'042ms},
          .remote = "127.0.0.1:50000",
          .method = "GET",
          .target = "/v2/library/app/manifests/latest",
          .status = 200,
          .bytes_sent = 1234,
          .duration = 153us,
          .request_id = "7d2a",
          .user_agent = "curl/7.88.1",
          .user = "",
          .operation = "get_manifest",
          .repository = "library/app",
          .reference = "latest"};
}

/// Everything that the logger writes for `entry`.
std::string written(log_format format, const access_entry& entry) {
  pipe output;
  { access_logger{format, output.writer()}.write(entry); }
  return output.read_all();
}

// Every possible byte.
std::string hostile_text() {
  std::string text;
  for (int byte = 0; byte < 256; ++byte)
    text.push_back(static_cast<char>(byte));
  return text;
}

std::size_t thread_count() {
  using iterator = std::filesystem::directory_iterator;
  return static_cast<std::size_t>(std::distance(iterator{"/proc/self/task"}, iterator{}));
}

} // namespace

BOOST_AUTO_TEST_CASE(text_is_one_line_per_request) {
  BOOST_TEST(written(log_format::text, pull()) ==
             "2026-01-31T12:00:00.042Z 127.0.0.1:50000 \"GET /v2/library/app/manifests/latest\" "
             "200 1234 153us \"7d2a\" \"curl/7.88.1\"\n");
}

BOOST_AUTO_TEST_CASE(json_is_one_object_per_request) {
  BOOST_TEST(written(log_format::json, pull()) ==
             R"({"time":"2026-01-31T12:00:00.042Z","remote":"127.0.0.1:50000","method":"GET",)"
             R"("target":"/v2/library/app/manifests/latest","status":200,"bytes":1234,)"
             R"("duration_us":153,"request_id":"7d2a","user_agent":"curl/7.88.1",)"
             R"("user":"","operation":"get_manifest","repository":"library/app",)"
             R"("reference":"latest","trace_id":"","span_id":""})"
             "\n");
}

BOOST_AUTO_TEST_CASE(json_names_the_trace_and_text_stays_as_it_is) {
  auto entry = pull();
  const auto without = written(log_format::text, entry);
  entry.trace.bytes.fill(0x4b);
  entry.span.bytes.fill(0xf9);
  BOOST_TEST(written(log_format::json, entry)
               .ends_with(R"(,"trace_id":"4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b",)"
                          R"("span_id":"f9f9f9f9f9f9f9f9"})"
                          "\n"));
  BOOST_TEST(written(log_format::text, entry) == without);
}

BOOST_AUTO_TEST_CASE(a_user_is_at_the_end_of_a_line_of_text) {
  auto entry = pull();
  entry.user = "al\"ice";
  BOOST_TEST(
    written(log_format::text, entry).ends_with(" \"7d2a\" \"curl/7.88.1\" \"al\\\"ice\"\n"));
}

BOOST_AUTO_TEST_CASE(a_file_is_appended_to_and_opened_again) {
  const gantry::test::temp_dir folder;
  const auto file = folder.path() / "access.log";
  {
    access_logger logger{log_format::text, file.string()};
    logger.write(pull());
  }
  {
    access_logger logger{log_format::text, file.string()};
    std::filesystem::rename(file, folder.path() / "access.log.1");
    logger.reopen();
    logger.write(pull());
  }
  BOOST_TEST(gantry::test::read_text(file) ==
             gantry::test::read_text(folder.path() / "access.log.1"));
}

BOOST_AUTO_TEST_CASE(lines_that_a_full_disk_does_not_take_are_counted) {
  access_logger logger{log_format::text, "/dev/full"};
  logger.write(pull());
  while (logger.lost_lines() == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  BOOST_TEST(logger.lost_lines() == 1u);
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_a_dash_in_text) {
  auto entry = pull();
  entry.request_id = {};
  entry.user_agent = {};
  BOOST_TEST(written(log_format::text, entry).ends_with("153us \"-\" \"-\"\n"));
}

BOOST_AUTO_TEST_CASE(a_hostile_text_cannot_forge_a_line_or_a_field) {
  auto entry = pull();
  entry.target = "/v2/\r\n\" 200 \\\x1b[2J\x7f\xc3\xa4\0%v{}"sv;
  BOOST_TEST(written(log_format::text, entry) ==
             R"(2026-01-31T12:00:00.042Z 127.0.0.1:50000 )"
             R"("GET /v2/\x0d\x0a\" 200 \\\x1b[2J\x7f\xc3\xa4\x00%v{}" )"
             "200 1234 153us \"7d2a\" \"curl/7.88.1\"\n");
}

BOOST_AUTO_TEST_CASE(text_contains_only_printable_bytes) {
  const auto hostile = hostile_text();
  auto entry = pull();
  entry.method = entry.target = entry.request_id = entry.user_agent = hostile;
  const auto line = written(log_format::text, entry);
  for (const unsigned char byte : line.substr(0, line.size() - 1))
    BOOST_TEST((byte >= 0x20 && byte < 0x7f));
}

BOOST_AUTO_TEST_CASE(json_is_valid_and_lossless_for_any_bytes) {
  const auto hostile = hostile_text();
  auto entry = pull();
  entry.method = entry.target = entry.request_id = entry.user_agent = hostile;
  const auto line = written(log_format::json, entry);
  BOOST_TEST(line.find('\n') == line.size() - 1);
  const auto object = boost::json::parse(line).as_object();
  // Each byte is the code point of the same value, in UTF-8.
  std::string expected;
  for (const unsigned char byte : hostile) {
    if (byte >= 0x80)
      expected.push_back(static_cast<char>(0xc0 | byte >> 6));
    expected.push_back(static_cast<char>(byte >= 0x80 ? 0x80 | (byte & 0x3f) : byte));
  }
  for (const auto* field : {"method", "target", "request_id", "user_agent"})
    BOOST_TEST((object.at(field).as_string() == expected));
}

BOOST_AUTO_TEST_CASE(a_line_is_written_without_waiting_for_the_end) {
  pipe output;
  access_logger logger{log_format::text, output.writer()};
  logger.write(pull());
  BOOST_TEST(output.read_line().starts_with("2026-01-31T12:00:00.042Z"));
}

BOOST_AUTO_TEST_CASE(switched_off_it_writes_nothing_and_starts_no_thread) {
  pipe output;
  const auto threads = thread_count();
  {
    access_logger logger{log_format::off, output.writer()};
    BOOST_TEST(!logger.enabled());
    BOOST_TEST(thread_count() == threads);
    logger.write(pull());
  }
  BOOST_TEST(output.read_all() == "");
}

BOOST_AUTO_TEST_CASE(threads_write_whole_lines) {
  pipe output;
  std::set<std::string> expected;
  {
    access_logger logger{log_format::text, output.writer()};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&logger, t] {
        for (int i = 0; i < 100; ++i) {
          const auto agent = std::to_string(t * 100 + i);
          auto entry = pull();
          entry.user_agent = agent;
          logger.write(entry);
        }
      });
    }
    for (auto& thread : threads)
      thread.join();
    for (int i = 0; i < 400; ++i)
      expected.insert("\"" + std::to_string(i) + "\"");
    // The logger holds 48 KB, and the pipe takes 64 KB, so the logger can finish before the pipe is
    // read.
  }
  std::set<std::string> found;
  output.close_writer();
  for (auto line = output.read_line(); !line.empty(); line = output.read_line())
    found.insert(line.substr(line.rfind(' ') + 1));
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
