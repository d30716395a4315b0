// Shows ranges in the reports of Boost.Test.
#pragma once

#include "base/byte_range.hpp"

#include <ostream>

namespace gantry {

inline std::ostream& boost_test_print_type(std::ostream& out, byte_range range) {
  return out << range.first << '-' << range.last;
}

} // namespace gantry
