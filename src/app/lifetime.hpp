// When a server program has to stop: at a signal, or when the process that needs it has ended.
#pragma once

#include <chrono>
#include <cstdint>

namespace gantry::app {

/// Made once, by the main thread and before any other thread starts. The functions are
/// thread-safe.
class lifetime {
public:
  /// Blocks SIGINT and SIGTERM in this thread and those that it starts, and ignores SIGPIPE.
  /// `parent` is the number of a process, 0 for none; one that does not exist counts as ended.
  /// Throws std::runtime_error if the kernel refuses to watch it.
  explicit lifetime(std::uint32_t parent);
  lifetime(const lifetime&) = delete;
  lifetime& operator=(const lifetime&) = delete;
  ~lifetime();

  /// Whether it is time to stop.
  bool is_over() const { return wait(std::chrono::milliseconds{0}); }
  /// Waits until it is time to stop, but no longer than `at_most`. Returns whether it is.
  bool wait(std::chrono::milliseconds at_most) const;

private:
  int signals_ = -1;
  /// A pidfd (pidfd_open(2)), which is not fooled by a number that is used again; -1 for none.
  int parent_ = -1;
  bool parent_is_gone_ = false;
};

} // namespace gantry::app
