// How to wait for a data folder that another process has open.
#pragma once

#include <chrono>
#include <functional>

namespace gantry::storage {

struct lock_wait {
  /// How long to wait for the other process to exit; zero does not wait.
  std::chrono::milliseconds at_most{0};
  /// Polled ten times per second; true ends the wait early. May be empty.
  std::function<bool()> give_up = {};
};

} // namespace gantry::storage
