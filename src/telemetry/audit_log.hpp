// The audit log: who changed what, and who tried to log in.
#pragma once

#include "telemetry/log_file.hpp"
#include "telemetry/trace_context.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::telemetry {

/// Texts are as the client sent them and may contain any byte. None is a password or a token.
struct audit_entry {
  std::chrono::system_clock::time_point time;
  /// Who did it, or failed to log in; empty for none.
  std::string_view user;
  /// `ADDRESS:PORT`.
  std::string_view remote;
  /// "login", or the name of an operation.
  std::string_view action;
  std::string_view repository;
  /// The tag or digest.
  std::string_view reference;
  unsigned status = 0;
  std::string_view request_id;
  /// Zeros for none.
  trace_id trace = {};
};

/// Lines look like
/// ```
/// {"time":"2026-01-31T12:00:00.000Z","user":"alice","remote":"127.0.0.1:50000",
///  "action":"put_manifest","repository":"app","reference":"1","status":201,"request_id":"7d2a",
///  "trace_id":""}
/// ```
/// (without the line breaks). Bytes that are not printable ASCII are as in the access log.
/// Thread-safe.
///
/// A line is in the file when `write` returns: the thread that served the request writes it, so
/// that neither load nor a killed process loses any. What cannot be written, because the disk is
/// full, is counted, and the server's log says so once.
class audit_log {
public:
  /// Throws std::runtime_error.
  explicit audit_log(std::string path) : file_{std::move(path)} {}

  void write(const audit_entry& entry);
  void reopen() noexcept { file_.reopen(); }
  std::uint64_t lost_lines() const noexcept { return lost_; }

private:
  void note_loss(int number);

  log_file file_;
  std::atomic<std::uint64_t> lost_{0};
  /// The last line was not written whole: the next one begins with a line break.
  std::atomic<bool> cut_{false};
  std::atomic<bool> failing_{false};
};

} // namespace gantry::telemetry
