// The program: parse, start, wait for a signal, stop.
#include "app/command_line.hpp"
#include "app/heap.hpp"
#include "app/heap_trimmer.hpp"
#include "app/registry.hpp"
#include "bench/commands.hpp"

#include <concepts>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>
#include <variant>

#include <pthread.h>

namespace {

/// SIGINT and SIGTERM, blocked in every thread so that they can be waited for.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

/// Whether one of these signals is pending.
bool is_stop_asked() {
  sigset_t pending;
  sigemptyset(&pending);
  sigpending(&pending);
  return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1;
}

/// Null if the process was asked to stop while another process had the folder.
std::unique_ptr<gantry::app::registry> open(gantry::app::registry_options settings) {
  settings.stop_asked = is_stop_asked;
  try {
    return std::make_unique<gantry::app::registry>(std::move(settings));
  } catch (const std::runtime_error&) {
    if (is_stop_asked())
      return nullptr;
    throw;
  }
}

int serve(const gantry::config::settings& settings) {
  const auto signals = block_stop_signals();
  const auto registry = open(gantry::app::options_of(settings));
  if (!registry)
    return 0;
  registry->start();
  std::fprintf(stderr, "listening on %s\n", registry->address().c_str());
  gantry::app::heap_trimmer heap;
  constexpr timespec pause{gantry::app::heap_trimmer::interval.count(), 0};
  while (sigtimedwait(&signals, nullptr, &pause) < 0)
    heap.look();
  registry->stop();
  return 0;
}

/// Runs the parsed command; returns the exit code.
struct starter {
  int operator()(const gantry::app::message_command& message) const {
    std::fputs(message.text.c_str(), message.exit_code == 0 ? stdout : stderr);
    return message.exit_code;
  }
  int operator()(const gantry::app::serve_command& serving) const {
    for (const auto& line : serving.warnings)
      std::fprintf(stderr, "gantry: warning: %s\n", line.c_str());
    return serve(*serving.settings);
  }
  int operator()(const gantry::bench::compare_options& comparing) const {
    return run(comparing, stdout);
  }
  template <std::derived_from<gantry::bench::load_options> Options>
  int operator()(const Options& load) const {
    return run(load, stdout, stderr);
  }
  template <class Command>
  int operator()(const Command& other) const {
    return run(other);
  }
};

} // namespace

int main(int argc, char** argv) {
  gantry::app::grow_heap_in_huge_pages();
  auto command = gantry::app::parse_command_line(argc, argv);
  try {
    return std::visit(starter{}, command);
  } catch (const std::invalid_argument& wrong) {
    std::fprintf(stderr, "gantry: %s\n", wrong.what());
    return 2;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "gantry: %s\n", failure.what());
    return 1;
  }
}
