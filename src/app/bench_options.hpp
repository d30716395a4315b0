// The options of `gantry bench`.
#pragma once

#include "app/command_line.hpp"
#include "bench/options.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace gantry::app {

/// Filled in by parsing; must not move until then.
struct bench_command {
  bench::push_options push;
  bench::pull_options pull;
  bench::mixed_options mixed;
  bench::tags_options tags;
  bench::catalog_options catalog;
  bench::mount_storm_options mount_storm;
  bench::resume_options resume;
  bench::churn_options churn;
  bench::zb_options zb;
  bench::compare_options compare;
};

/// Adds `bench` with its subcommands; after parsing, at most one of them is set.
void add_bench(CLI::App& app, bench_command& bench);

/// The parsed command of that name.
command chosen_bench(const std::string& name, bench_command parsed);

} // namespace gantry::app
