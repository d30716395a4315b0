// The access log: one line per finished request.
#pragma once

#include "telemetry/log_file.hpp"
#include "telemetry/trace_context.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <unistd.h>

namespace spdlog {
class logger;
} // namespace spdlog

namespace gantry::telemetry {

class background_sink;

enum class log_format : std::uint8_t { off, text, json };

/// Texts are as the client sent them and may contain any byte.
struct access_entry {
  std::chrono::system_clock::time_point finished;
  /// `ADDRESS:PORT`.
  std::string_view remote;
  std::string_view method;
  std::string_view target;
  unsigned status = 0;
  /// Includes the response's head and body.
  std::uint64_t bytes_sent = 0;
  std::chrono::microseconds duration{0};
  std::string_view request_id;
  std::string_view user_agent;
  /// Who has logged in.
  std::string_view user;
  /// These three are empty for a request that names none.
  std::string_view operation;
  std::string_view repository;
  /// A tag or digest.
  std::string_view reference;
  /// Zeros for a request without a trace.
  trace_id trace = {};
  span_id span = {};
};

/// Lines look like
/// ```
/// 2026-01-31T12:00:00.000Z 127.0.0.1:50000 "GET /v2/" 200 2 153us "7d2a" "curl/7.88.1"
/// {"time":"2026-01-31T12:00:00.000Z","remote":"127.0.0.1:50000","method":"GET","target":"/v2/",
///  "status":200,"bytes":2,"duration_us":153,"request_id":"7d2a","user_agent":"curl/7.88.1",
///  "user":"","operation":"base","repository":"","reference":"","trace_id":"","span_id":""}
/// ```
/// (JSON without the line break). In text, the user follows in quotes at the end if there is one.
/// An empty text becomes `-` in the text format. A byte that is not printable ASCII becomes `\xHH`
/// in text, and in JSON the code point of the same value, `\u00HH`. Thread-safe.
class access_logger {
public:
  /// `descriptor` must stay open for the logger's lifetime.
  explicit access_logger(log_format format, int descriptor = STDOUT_FILENO);
  /// Appends to this file. Throws std::runtime_error.
  access_logger(log_format format, std::string path);
  access_logger(const access_logger&) = delete;
  access_logger& operator=(const access_logger&) = delete;
  /// Writes the remaining lines, and logs how many were lost to a stalled reader.
  ~access_logger();

  bool enabled() const noexcept { return format_ != log_format::off; }
  log_format format() const noexcept { return format_; }
  /// See `log_file`. Does nothing without a file.
  void reopen() noexcept;
  std::uint64_t lost_lines() const noexcept;
  /// Does not block. The line is written within a second.
  void write(const access_entry& entry);

private:
  void open(int descriptor);

  log_format format_;
  /// Null without a file. The sink writes to it until its end.
  std::unique_ptr<log_file> file_;
  std::shared_ptr<background_sink> sink_;
  std::unique_ptr<spdlog::logger> lines_;
};

} // namespace gantry::telemetry
