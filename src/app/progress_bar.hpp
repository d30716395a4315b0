// One line on a terminal that shows how far a long piece of work is.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace gantry::app {

/// Draws nothing where the stream is no terminal. One thread.
class progress_bar {
public:
  progress_bar(std::FILE* stream, std::string label);
  ~progress_bar() { clear(); }
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  /// Ten times a second at most.
  void show(std::uint64_t done, std::uint64_t total);
  /// Takes the line away, so that something else can be printed.
  void clear();

private:
  std::FILE* stream_;
  std::string label_;
  bool on_terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_{};
};

/// `verifying [=====>    ]  50 % (5/10)`, at most 79 characters.
std::string render_bar(const std::string& label, std::uint64_t done, std::uint64_t total);

} // namespace gantry::app
