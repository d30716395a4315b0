// The server's own log: lines on stderr for the operator.
#pragma once

#include <spdlog/logger.h>

#include <cstdint>

namespace gantry::telemetry {

enum class log_level : std::uint8_t { error, warn, info, debug };

struct log_style {
  /// The least severe lines.
  log_level level = log_level::warn;
  /// Lines look like `{"time":"…","level":"warning","msg":"…"}` instead of text.
  bool json = false;
};

/// Logs warnings and errors as text, unless `set_style` changes that. Thread-safe.
spdlog::logger& log();

/// Changes the log of the whole process. Thread-safe.
void set_style(const log_style& style);

} // namespace gantry::telemetry
