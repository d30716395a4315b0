// Shows the progress of a running load.
#pragma once

#include "bench/load_result.hpp"

#include <chrono>
#include <cstdio>
#include <string>

namespace gantry::bench {

/// On a terminal, one line that is redrawn every second; elsewhere, a line every ten seconds. Not
/// thread-safe.
class live_line {
public:
  /// `label` names the activity, `unit` what is counted: "push", "image".
  live_line(std::FILE* stream, std::string label, std::string unit);
  ~live_line() { clear(); }
  live_line(const live_line&) = delete;
  live_line& operator=(const live_line&) = delete;

  void show(const progress& made);
  /// Erases the line, so that something else can be printed.
  void clear();

private:
  std::FILE* stream_;
  std::string label_;
  std::string unit_;
  bool on_terminal_;
  bool drawn_ = false;
  /// What has not been shown yet.
  progress gathered_;
};

/// `push   12 s  1234.0 images/s  p50 1.20 ms  p99 4.50 ms  0 failed`, at most 79 characters.
std::string render_live(const std::string& label, const std::string& unit, const progress& made);

} // namespace gantry::bench
