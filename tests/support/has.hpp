// Whether a text has a part.
#pragma once

#include <string_view>

namespace gantry::test {

inline bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

} // namespace gantry::test
