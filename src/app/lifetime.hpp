// When a server program has to stop: at a signal, or when the process that needs it has ended. And
// when it has to reopen its logs.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace gantry::app {

/// Made once, by the main thread and before any other thread starts. The functions are
/// thread-safe.
class lifetime {
public:
  /// Blocks SIGINT, SIGTERM and SIGUSR1 in this thread and those that it starts, and ignores
  /// SIGPIPE. `parent` is the number of a process, 0 for none; one that does not exist counts as
  /// ended. Throws std::runtime_error if the kernel refuses to watch it.
  explicit lifetime(std::uint32_t parent);
  lifetime(const lifetime&) = delete;
  lifetime& operator=(const lifetime&) = delete;
  ~lifetime();

  /// Whether it is time to stop.
  bool is_over() const { return wait(std::chrono::milliseconds{0}); }
  /// Waits until it is time to stop or to reopen logs, but no longer than `at_most`. Returns
  /// whether it is time to stop.
  bool wait(std::chrono::milliseconds at_most) const;

  /// Whether SIGUSR1 has come since the last call: log files were renamed, open them again.
  bool takes_reopening() const noexcept { return reopening_.exchange(false); }

private:
  int signals_ = -1;
  int reopen_signal_ = -1;
  mutable std::atomic<bool> reopening_{false};
  /// A pidfd (pidfd_open(2)), which is not fooled by a number that is used again; -1 for none.
  int parent_ = -1;
  bool parent_is_gone_ = false;
};

} // namespace gantry::app
