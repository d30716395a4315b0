// A log that says nothing of disks that are made to fail.
#pragma once

#include "telemetry/log.hpp"

#include <spdlog/logger.h>

namespace gantry::simulation {

/// For its lifetime.
struct silent_log {
  silent_log() { telemetry::log().set_level(spdlog::level::off); }
  ~silent_log() { telemetry::log().set_level(spdlog::level::warn); }
};

} // namespace gantry::simulation
