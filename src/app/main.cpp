// The program: parses the command line and runs the command.
#include "app/command_line.hpp"
#include "app/heap.hpp"
#include "app/serve.hpp"
#include "bench/commands.hpp"

#include <concepts>
#include <cstdio>
#include <exception>
#include <functional>
#include <stdexcept>
#include <utility>
#include <variant>

namespace {

/// Runs the parsed command; returns the exit code.
struct starter {
  std::function<gantry::app::command()> parse_again;

  int operator()(const gantry::app::message_command& message) const {
    std::fputs(message.text.c_str(), message.exit_code == 0 ? stdout : stderr);
    return message.exit_code;
  }
  int operator()(gantry::app::serve_command& serving) const {
    return run(std::move(serving), parse_again);
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
  const auto parse = [argc, argv] { return gantry::app::parse_command_line(argc, argv); };
  auto command = parse();
  try {
    return std::visit(starter{parse}, command);
  } catch (const std::invalid_argument& wrong) {
    std::fprintf(stderr, "gantry: %s\n", wrong.what());
    return 2;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "gantry: %s\n", failure.what());
    return 1;
  }
}
