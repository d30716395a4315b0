// When the program has to stop. Each case runs in a child process, because signals are blocked for
// good.
#include "app/lifetime.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdint>
#include <functional>

#include <sys/wait.h>
#include <unistd.h>

using namespace gantry;
using namespace std::chrono_literals;

namespace {

/// Longer than any test takes.
constexpr auto long_time = 1h;

/// Whether it returns true, in a process of its own.
bool holds(const std::function<bool()>& claim) {
  const auto child = ::fork();
  if (child == 0)
    ::_exit(claim() ? 0 : 1);
  int status = -1;
  ::waitpid(child, &status, 0);
  return status == 0;
}

/// A process that runs until `end`.
class other_process {
public:
  other_process() : pid_{::fork()} {
    if (pid_ == 0)
      for (;;)
        ::pause();
  }
  std::uint32_t pid() const { return static_cast<std::uint32_t>(pid_); }
  void end() const {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

private:
  pid_t pid_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(lifetime)

BOOST_AUTO_TEST_CASE(it_goes_on_without_a_reason_to_stop) {
  BOOST_TEST(holds([] { return !app::lifetime{0}.wait(1ms); }));
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it_for_good) {
  for (const int signal : {SIGINT, SIGTERM})
    BOOST_TEST(holds([signal] {
      const app::lifetime life{0};
      ::raise(signal);
      return life.wait(long_time) && life.is_over();
    }));
}

BOOST_AUTO_TEST_CASE(it_ends_with_its_parent) {
  BOOST_TEST(holds([] {
    const other_process parent;
    const app::lifetime life{parent.pid()};
    const bool goes_on = !life.is_over();
    parent.end();
    return goes_on && life.wait(long_time) && life.is_over();
  }));
}

BOOST_AUTO_TEST_CASE(a_parent_that_has_ended_before_ends_it_at_once) {
  BOOST_TEST(holds([] {
    const other_process parent;
    parent.end();
    return app::lifetime{parent.pid()}.is_over();
  }));
}

BOOST_AUTO_TEST_CASE(a_signal_to_reopen_logs_ends_a_wait_and_not_the_process) {
  BOOST_TEST(holds([] {
    const app::lifetime life{0};
    const bool before = life.takes_reopening();
    ::raise(SIGUSR1);
    return !before && !life.wait(long_time) && life.takes_reopening() && !life.takes_reopening() &&
           !life.is_over();
  }));
}

BOOST_AUTO_TEST_SUITE_END()
