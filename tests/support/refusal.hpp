// Why something is refused.
#pragma once

#include <stdexcept>
#include <string>

namespace gantry::test {

/// The text of the std::invalid_argument that `work` throws, or "accepted".
template <class Work>
std::string refusal_of(Work work) {
  try {
    work();
  } catch (const std::invalid_argument& wrong) {
    return wrong.what();
  }
  return "accepted";
}

} // namespace gantry::test
