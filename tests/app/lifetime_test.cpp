// When the program has to stop. Each case runs in a child process, because signals are blocked for
// good.
#include "app/lifetime.hpp"

#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdint>
#include <fstream>
#include <functional>
#include <string>
#include <utility>

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
  BOOST_TEST(holds([] { return app::lifetime{{}}.wait(1ms) == app::event::none; }));
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it_for_good) {
  for (const int signal : {SIGINT, SIGTERM})
    BOOST_TEST(holds([signal] {
      app::lifetime life{{}};
      ::raise(signal);
      return life.wait(long_time) == app::event::end && life.is_over();
    }));
}

BOOST_AUTO_TEST_CASE(it_ends_with_its_parent) {
  BOOST_TEST(holds([] {
    const other_process parent;
    app::lifetime life{{.parent = parent.pid()}};
    const bool goes_on = !life.is_over();
    parent.end();
    return goes_on && life.wait(long_time) == app::event::end && life.is_over();
  }));
}

BOOST_AUTO_TEST_CASE(a_parent_that_has_ended_before_ends_it_at_once) {
  BOOST_TEST(holds([] {
    const other_process parent;
    parent.end();
    return app::lifetime{{.parent = parent.pid()}}.is_over();
  }));
}

BOOST_AUTO_TEST_CASE(a_hangup_reloads_if_there_is_something_to_reload) {
  BOOST_TEST(holds([] {
    app::lifetime life{{.reloads = true}};
    ::raise(SIGHUP);
    return life.wait(long_time) == app::event::reload && life.wait(1ms) == app::event::none &&
           !life.is_over();
  }));
  // Otherwise it ends the process as it does by default.
  BOOST_TEST(!holds([] {
    const app::lifetime life{{}};
    ::raise(SIGHUP);
    return true;
  }));
}

BOOST_AUTO_TEST_CASE(a_change_of_the_file_reloads) {
  const test::temp_dir folder;
  const auto file = (folder.path() / "c.yml").string();
  BOOST_TEST(holds([&file] {
    app::lifetime life{{.reloads = true, .file = file}};
    std::ofstream{file} << "text";
    return life.wait(long_time) == app::event::reload && life.wait(1ms) == app::event::none;
  }));
}

BOOST_AUTO_TEST_CASE(an_end_comes_before_a_reload) {
  BOOST_TEST(holds([] {
    app::lifetime life{{.reloads = true}};
    ::raise(SIGHUP);
    ::raise(SIGTERM);
    return life.wait(long_time) == app::event::end;
  }));
}

BOOST_AUTO_TEST_CASE(signals_of_users_are_events_and_do_not_end_the_process) {
  for (const auto& [signal, named] :
       {std::pair{SIGUSR1, app::event::reopen}, std::pair{SIGUSR2, app::event::protect}})
    BOOST_TEST(holds([signal = signal, named = named] {
      app::lifetime life{{}};
      ::raise(signal);
      return life.wait(long_time) == named && life.wait(1ms) == app::event::none && !life.is_over();
    }));
}

BOOST_AUTO_TEST_SUITE_END()
