// The program: parse, start, wait for the end, stop.
#include "app/command_line.hpp"
#include "app/heap.hpp"
#include "app/heap_trimmer.hpp"
#include "app/lifetime.hpp"
#include "app/limits.hpp"
#include "app/registry.hpp"
#include "bench/commands.hpp"

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>
#include <variant>

namespace {

/// Null if the process has to stop while another process has the folder.
std::unique_ptr<gantry::app::registry> open(gantry::app::registry_options settings,
                                            const gantry::app::lifetime& life) {
  settings.stop_asked = [&life] { return life.is_over(); };
  try {
    return std::make_unique<gantry::app::registry>(std::move(settings));
  } catch (const std::runtime_error&) {
    if (life.is_over())
      return nullptr;
    throw;
  }
}

/// Serves until the process has to stop, or has been idle for `idle_exit` if that is not zero.
void wait_for_end(gantry::app::registry& registry, const gantry::app::lifetime& life,
                  std::chrono::milliseconds idle_exit) {
  using std::chrono::milliseconds;
  using clock = std::chrono::steady_clock;
  gantry::app::heap_trimmer heap;
  auto look = clock::now() + heap.interval;
  for (;;) {
    auto pause = std::chrono::ceil<milliseconds>(look - clock::now());
    if (idle_exit > milliseconds{0})
      pause = std::min(pause, idle_exit - registry.idle_for());
    if (life.wait(std::max(pause, milliseconds{0})))
      return;
    if (life.takes_reopening())
      registry.reopen_logs();
    if (idle_exit > milliseconds{0} && registry.idle_for() >= idle_exit)
      return;
    if (clock::now() < look)
      continue;
    heap.look();
    look = clock::now() + heap.interval;
  }
}

int serve(const gantry::config::settings& settings) {
  const gantry::app::lifetime life{settings.parent_pid};
  gantry::app::raise_descriptor_limit();
  const auto registry = open(gantry::app::options_of(settings), life);
  if (!registry)
    return 0;
  registry->start();
  std::fprintf(stderr, "listening on %s\n", registry->address().c_str());
  if (const auto debug = registry->debug_address(); !debug.empty())
    std::fprintf(stderr, "metrics and health on %s\n", debug.c_str());
  wait_for_end(*registry, life, settings.idle_exit);
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
