// The certificates that a server presents, and the authorities of those that it accepts, which can
// be renewed while it serves.
#pragma once

#include "base/current.hpp"
#include "base/file_stamp.hpp"
#include "base/once_per.hpp"
#include "net/ticket_keys.hpp"
#include "net/tls_context.hpp"
#include "net/tls_options.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace gantry::net {

/// Thread-safe. A connection keeps the certificates with which it began.
class tls_identity {
public:
  using clock = std::chrono::steady_clock;
  /// That of the files' times, and of the validity of certificates.
  using file_clock = std::chrono::system_clock;

  /// Reads the files. Throws like `tls_context`. `now` and `time` are called on any thread.
  explicit tls_identity(tls_options options, std::function<clock::time_point()> now = clock::now,
                        std::function<file_clock::time_point()> time = file_clock::now);

  /// The certificates for a new connection. Looks at most once per second whether the files have
  /// changed, and reads them again if they have.
  std::shared_ptr<const tls_context> take();

  /// Reads the files again, changed or not. False, with a line in the log, if they are unusable:
  /// those in use stay.
  bool reload();

private:
  using stamps = std::vector<std::optional<file_stamp>>;

  stamps look() const;
  bool are_settled(const stamps& seen) const;
  void follow();

  const tls_options options_;
  const std::function<clock::time_point()> now_;
  const std::function<file_clock::time_point()> time_;
  const std::shared_ptr<ticket_keys> tickets_;
  /// When the files are looked at next.
  once_per looks_;
  mutex mutex_;
  /// The files as they were when they were last read.
  stamps read_ GANTRY_GUARDED_BY(mutex_);
  current<tls_context> context_;
};

} // namespace gantry::net
