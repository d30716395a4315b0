// What is going on, while it goes on.
#pragma once

#include "bench/crew.hpp"

#include <chrono>
#include <cstdio>
#include <string>

namespace gantry::bench {

/// On a terminal one line that is drawn anew every second; elsewhere a line every ten seconds. One
/// thread.
class live_line {
public:
  /// The label says what is done, the unit one after another of what: "push", "image".
  live_line(std::FILE* stream, std::string label, std::string unit);
  ~live_line() { clear(); }
  live_line(const live_line&) = delete;
  live_line& operator=(const live_line&) = delete;

  void show(const progress& made);
  /// Takes the line away, so that something else can be printed.
  void clear();

private:
  std::FILE* stream_;
  std::string label_;
  std::string unit_;
  bool on_terminal_;
  bool drawn_ = false;
  /// What was not shown yet.
  progress gathered_;
};

/// `push   12 s  1234.0 images/s  p50 1.20 ms  p99 4.50 ms  0 failed`, at most 79 characters.
std::string render_live(const std::string& label, const std::string& unit, const progress& made);

} // namespace gantry::bench
