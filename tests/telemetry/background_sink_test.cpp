// The sink that writes from a separate thread.
#include "telemetry/background_sink.hpp"

#include "support/pipe.hpp"

#include <boost/test/unit_test.hpp>

#include <spdlog/logger.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>

BOOST_AUTO_TEST_SUITE(background_sink)

using sink_type = gantry::telemetry::background_sink;
using gantry::test::pipe;
using namespace std::chrono_literals;

namespace {

/// A logger that adds only the newline to its messages.
struct plain_logger {
  explicit plain_logger(int descriptor) : sink{std::make_shared<sink_type>(descriptor)} {
    lines.sinks().push_back(sink);
    lines.set_pattern("%v");
  }

  std::shared_ptr<sink_type> sink;
  spdlog::logger lines{"plain"};
};

} // namespace

BOOST_AUTO_TEST_CASE(remaining_lines_are_written_at_the_end) {
  pipe output;
  {
    plain_logger logger{output.writer()};
    logger.lines.info("first");
    logger.lines.info("second");
  }
  BOOST_TEST(output.read_all() == "first\nsecond\n");
}

BOOST_AUTO_TEST_CASE(a_flush_makes_the_writer_start) {
  pipe output;
  plain_logger logger{output.writer()};
  logger.lines.info("flushed");
  logger.lines.flush();
  BOOST_TEST(output.read_line() == "flushed");
}

BOOST_AUTO_TEST_CASE(more_than_a_pipe_holds_arrives_in_order) {
  pipe output;
  plain_logger logger{output.writer()};
  for (int i = 0; i < 20'000; ++i)
    logger.lines.info("line {}", i);
  logger.lines.flush();
  for (int i = 0; i < 20'000; ++i)
    BOOST_REQUIRE(output.read_line() == "line " + std::to_string(i));
  BOOST_TEST(logger.sink->dropped_lines() == 0U);
}

BOOST_AUTO_TEST_CASE(a_stalled_reader_costs_lines_but_no_time) {
  pipe output;
  plain_logger logger{output.writer()};
  const std::string line(100'000, 'x');
  for (int i = 0; i < 100; ++i)
    logger.lines.info(line);
  BOOST_TEST(logger.sink->dropped_lines() > 0U);
  BOOST_TEST(logger.sink->dropped_lines() < 60U);
  // It also gives up at the end, although the pipe is never read.
}

BOOST_AUTO_TEST_CASE(a_vanished_reader_ends_only_the_log) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  {
    auto output = std::make_unique<pipe>();
    const int writer = ::dup(output->writer());
    output.reset();
    {
      plain_logger logger{writer};
      logger.lines.info("lost");
      logger.lines.flush();
    }
    ::close(writer);
  }
  BOOST_TEST((std::signal(SIGPIPE, before) == SIG_IGN));
}

BOOST_AUTO_TEST_SUITE_END()
