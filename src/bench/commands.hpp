// `gantry bench …` as functions.
#pragma once

#include "bench/options.hpp"

#include <cstdio>

namespace gantry::bench {

/// Each prints its result on `out`, shows on `live` what is going on, and returns the exit code:
/// zero, or one where not a single image went well. They throw std::invalid_argument for options
/// that make no sense, std::runtime_error where the registry is not there or a file cannot be
/// written or read. SIGINT and SIGTERM end a load and leave a partial result.
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
