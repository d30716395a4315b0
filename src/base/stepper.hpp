// Background work without threads: a simulation does it step by step, in an order that it chooses.
#pragma once

#include <functional>

namespace gantry {

/// Belongs to one thread, as everything that is given to it.
class stepper {
public:
  virtual ~stepper() = default;

  /// Takes a step that a thread would take, some time later.
  virtual void post(std::function<void()> step) = 0;
  /// Takes steps until `is_done`, where a thread would wait for others. It may be called in a step.
  virtual void run_until(const std::function<bool()>& is_done) = 0;
};

} // namespace gantry
