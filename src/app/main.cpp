// The program: parse, start, wait for a signal, stop.
#include "app/command_line.hpp"
#include "app/registry.hpp"
#include "bench/commands.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include <pthread.h>

namespace {

/// SIGINT and SIGTERM, blocked in every thread: whoever waits for them takes them.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

int serve(gantry::app::config settings) {
  const auto signals = block_stop_signals();
  gantry::app::registry registry{std::move(settings)};
  registry.start();
  std::fprintf(stderr, "listening on %s\n", registry.address().c_str());
  int received = 0;
  while (sigwait(&signals, &received) == EINTR)
    continue;
  registry.stop();
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  auto command = gantry::app::parse_command_line(argc, argv);
  if (const auto* message = std::get_if<gantry::app::message_command>(&command)) {
    std::fputs(message->text.c_str(), message->exit_code == 0 ? stdout : stderr);
    return message->exit_code;
  }
  try {
    if (const auto* collecting = std::get_if<gantry::app::gc_command>(&command))
      return run(*collecting);
    if (const auto* verifying = std::get_if<gantry::app::verify_command>(&command))
      return run(*verifying);
    if (const auto* importing = std::get_if<gantry::app::import_command>(&command))
      return run(*importing);
    if (const auto* exporting = std::get_if<gantry::app::export_command>(&command))
      return run(*exporting);
    if (const auto* pushing = std::get_if<gantry::bench::push_options>(&command))
      return run(*pushing, stdout, stderr);
    if (const auto* pulling = std::get_if<gantry::bench::pull_options>(&command))
      return run(*pulling, stdout, stderr);
    if (const auto* comparing = std::get_if<gantry::bench::compare_options>(&command))
      return run(*comparing, stdout);
    return serve(std::move(std::get<gantry::app::serve_command>(command).settings));
  } catch (const std::invalid_argument& wrong) {
    std::fprintf(stderr, "gantry: %s\n", wrong.what());
    return 2;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "gantry: %s\n", failure.what());
    return 1;
  }
}
