// Gives memory back to the system once a burst is over.
#pragma once

#include <chrono>

namespace gantry::app {

/// The C library keeps what was freed amid its heaps: after a burst all of it would stay resident.
/// Going through it takes milliseconds, in which other threads may have to wait for memory. So it
/// is done when the process has worked and is quiet again. One thread, which handles no requests.
class heap_trimmer {
public:
  /// How often to `look`.
  static constexpr std::chrono::seconds interval{5};

  /// Trims the heap if it is time.
  void look();

  /// Whether to trim, at a look that finds so much processor time spent by the process.
  bool is_due(std::chrono::nanoseconds spent);

private:
  std::chrono::nanoseconds seen_{0};
  std::chrono::nanoseconds trimmed_{0};
};

} // namespace gantry::app
