// A progress bar on a terminal.
#pragma once

#include "storage/api/upkeep.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace gantry::app {

/// Draws nothing if the stream is not a terminal. Not thread-safe.
class progress_bar {
public:
  enum class unit { steps, bytes };

  progress_bar(std::FILE* stream, std::string label, unit of = unit::steps);
  ~progress_bar() { clear(); }
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  /// Draws at most ten times per second.
  void show(std::uint64_t done, std::uint64_t total);
  /// Returns a callback that shows its arguments and continues. The bar must outlive it.
  progress_callback callback();
  /// Erases the line, so that something else can be printed.
  void clear();

private:
  std::FILE* stream_;
  std::string label_;
  unit unit_;
  bool on_terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_{};
};

/// `verifying [=====>    ]  50 % (5/10)`, or `(1.5/3.0 MiB)`, at most 79 characters.
std::string render_bar(const std::string& label, std::uint64_t done, std::uint64_t total,
                       progress_bar::unit of = progress_bar::unit::steps);

} // namespace gantry::app
