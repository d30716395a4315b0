// The options of `gantry bench`.
#pragma once

#include "bench/options.hpp"

#include <CLI/CLI.hpp>

namespace gantry::app {

/// What the command line fills in; it stays where it is until that is parsed.
struct bench_command {
  bench::push_options push;
  bench::pull_options pull;
  bench::compare_options compare;
};

/// Adds `bench` with its own commands; exactly one of them has been parsed afterwards, or none.
void add_bench(CLI::App& app, bench_command& bench);

} // namespace gantry::app
