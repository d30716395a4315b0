// A file that lines are appended to, and that a program for rotation may rename.
#pragma once

#include <string>

namespace gantry::telemetry {

/// `reopen` may be called by any thread while others write.
class log_file {
public:
  /// Creates the file if there is none; others than owner and group cannot read it. Throws
  /// std::runtime_error, naming the file and the reason.
  explicit log_file(std::string path);
  log_file(const log_file&) = delete;
  log_file& operator=(const log_file&) = delete;
  ~log_file();

  /// Stays the same number for the object's lifetime.
  int descriptor() const noexcept { return descriptor_; }
  /// Opens the path again: what is written from now on is in the file that has this name now. If
  /// that fails, the old file stays open, and the server's log says why.
  void reopen() noexcept;

private:
  const std::string path_;
  const int descriptor_;
};

} // namespace gantry::telemetry
