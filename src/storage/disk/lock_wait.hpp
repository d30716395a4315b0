// What a process does about a data folder that another one has open.
#pragma once

#include <chrono>
#include <functional>

namespace gantry::storage {

struct lock_wait {
  /// How long to wait for the other process to end; zero does not wait.
  std::chrono::milliseconds at_most{0};
  /// Asked ten times per second; true ends the waiting as its time does. May be empty.
  std::function<bool()> give_up = {};
};

} // namespace gantry::storage
