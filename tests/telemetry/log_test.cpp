// The server's own log.
#include "telemetry/log.hpp"

#include "support/pipe.hpp"

#include <boost/test/unit_test.hpp>

#include <regex>
#include <string>

#include <unistd.h>

// The C library has a function with the suite's name.
namespace gantry::test {

BOOST_AUTO_TEST_SUITE(log)

namespace {

/// What `speak` makes the process write to stderr.
template <class Function>
std::string said_on_stderr(Function speak) {
  pipe output;
  const int before = ::dup(STDERR_FILENO);
  ::dup2(output.writer(), STDERR_FILENO);
  speak();
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  return output.read_all();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_warning_is_a_line_with_time_and_level) {
  const auto said = said_on_stderr([] { telemetry::log().warn("disk {}", "full"); });
  const std::regex expected{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning disk full\n)"};
  BOOST_TEST_CONTEXT(said) {
    BOOST_TEST(std::regex_match(said, expected));
  }
}

BOOST_AUTO_TEST_CASE(lower_levels_are_logged_only_if_wanted) {
  BOOST_TEST(said_on_stderr([] { telemetry::log().info("started"); }) == "");
  telemetry::log().set_level(spdlog::level::info);
  const auto said = said_on_stderr([] { telemetry::log().info("started"); });
  telemetry::log().set_level(spdlog::level::warn);
  BOOST_TEST(said.ends_with(" info started\n"));
}

BOOST_AUTO_TEST_CASE(in_json_a_line_is_an_object) {
  telemetry::set_style({telemetry::log_level::info, true});
  const auto said = said_on_stderr([] { telemetry::log().info("a \"b\"\nc"); });
  telemetry::set_style({});
  const std::regex expected{
    R"re(\{"time":"[-0-9T:.]{23}Z","level":"info","msg":"a \\"b\\"\\u000ac"\}\n)re"};
  BOOST_TEST_CONTEXT(said) {
    BOOST_TEST(std::regex_match(said, expected));
  }
}

BOOST_AUTO_TEST_CASE(a_level_hides_what_is_less_severe) {
  telemetry::set_style({telemetry::log_level::error});
  BOOST_TEST(said_on_stderr([] { telemetry::log().warn("careful"); }) == "");
  telemetry::set_style({telemetry::log_level::debug});
  BOOST_TEST(said_on_stderr([] { telemetry::log().debug("x"); }).ends_with(" debug x\n"));
  telemetry::set_style({});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gantry::test
