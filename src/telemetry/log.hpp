// The server's own log: lines on stderr for whoever operates it.
#pragma once

#include <spdlog/logger.h>

namespace gantry::telemetry {

/// Says warnings and errors; `log().set_level(...)` changes that. Any thread.
spdlog::logger& log();

} // namespace gantry::telemetry
