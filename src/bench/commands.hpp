// `gantry bench …` as functions.
#pragma once

#include "bench/options.hpp"

#include <cstdio>

namespace gantry::bench {

/// Each prints its result on `out` and its progress on `live`, and returns the exit code: 0, or 1
/// if no image succeeded. Throws std::invalid_argument for contradictory options,
/// std::runtime_error if the registry does not answer or a file cannot be read or written. SIGINT
/// and SIGTERM end a load with a partial result.
int run(const push_options& options, std::FILE* out, std::FILE* live);
int run(const pull_options& options, std::FILE* out, std::FILE* live);
int run(const mixed_options& options, std::FILE* out, std::FILE* live);
int run(const tags_options& options, std::FILE* out, std::FILE* live);
int run(const catalog_options& options, std::FILE* out, std::FILE* live);
int run(const mount_storm_options& options, std::FILE* out, std::FILE* live);
int run(const resume_options& options, std::FILE* out, std::FILE* live);
int run(const churn_options& options, std::FILE* out, std::FILE* live);
int run(const zb_options& options, std::FILE* out, std::FILE* live);
int run(const compare_options& options, std::FILE* out);

} // namespace gantry::bench
