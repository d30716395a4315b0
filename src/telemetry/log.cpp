#include "telemetry/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>

namespace gantry::telemetry {

namespace {

spdlog::logger make_server_log() {
  spdlog::logger server_log{"server", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  server_log.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  server_log.set_level(spdlog::level::warn);
  return server_log;
}

} // namespace

spdlog::logger& log() {
  static auto server_log = make_server_log();
  return server_log;
}

} // namespace gantry::telemetry
