#include "telemetry/log.hpp"

#include "telemetry/escape.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>

namespace gantry::telemetry {

namespace {

constexpr auto text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
constexpr auto json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","msg":"%*"})";

/// The text of a line as the content of a JSON string.
class escaped_text final : public spdlog::custom_flag_formatter {
public:
  void format(const spdlog::details::log_msg& line, const std::tm&,
              spdlog::memory_buf_t& out) override {
    append_json(out, {line.payload.data(), line.payload.size()});
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<escaped_text>();
  }
};

std::unique_ptr<spdlog::formatter> make_formatter(bool json) {
  auto made = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  made->add_flag<escaped_text>('*').set_pattern(json ? json_pattern : text_pattern);
  return made;
}

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
  case log_level::error: return spdlog::level::err;
  case log_level::warn: return spdlog::level::warn;
  case log_level::info: return spdlog::level::info;
  case log_level::debug: return spdlog::level::debug;
  }
  return spdlog::level::warn;
}

spdlog::logger make_server_log() {
  spdlog::logger server_log{"server", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  server_log.set_formatter(make_formatter(false));
  server_log.set_level(spdlog::level::warn);
  return server_log;
}

} // namespace

spdlog::logger& log() {
  static auto server_log = make_server_log();
  return server_log;
}

void set_style(const log_style& style) {
  log().set_formatter(make_formatter(style.json));
  log().set_level(to_spdlog(style.level));
}

} // namespace gantry::telemetry
