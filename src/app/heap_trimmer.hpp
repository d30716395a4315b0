// Returns memory to the system after a burst.
#pragma once

#include <chrono>

namespace gantry::app {

/// The C library keeps freed memory inside its heaps: after a burst all of it would stay resident.
/// Trimming takes milliseconds and may block allocations in other threads, so it happens once the
/// process is quiet after work. Use from one thread that handles no requests.
class heap_trimmer {
public:
  /// How often to call `look`.
  static constexpr std::chrono::seconds interval{5};

  /// Trims the heap if it is due.
  void look();

  /// Whether to trim at this check; `spent` is the processor time of the process so far.
  bool is_due(std::chrono::nanoseconds spent);

private:
  std::chrono::nanoseconds seen_{0};
  std::chrono::nanoseconds trimmed_{0};
};

} // namespace gantry::app
