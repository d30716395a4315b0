// The server's own log: lines on stderr for the operator.
#pragma once

#include <spdlog/logger.h>

namespace gantry::telemetry {

/// Logs warnings and errors; `log().set_level(...)` changes that. Thread-safe.
spdlog::logger& log();

} // namespace gantry::telemetry
