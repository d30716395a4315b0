// The options of `gantry bench`.
#pragma once

#include "app/command_line.hpp"
#include "bench/options.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace gantry::app {

/// What the command line fills in; it stays where it is until that is parsed.
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

/// Adds `bench` with its own commands; exactly one of them has been parsed afterwards, or none.
void add_bench(CLI::App& app, bench_command& bench);

/// The one of that name, which was parsed.
command chosen_bench(const std::string& name, bench_command parsed);

} // namespace gantry::app
