// Shows values of the domain in the reports of Boost.Test.
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"

#include <ostream>

namespace gantry {

inline std::ostream& boost_test_print_type(std::ostream& out, errc code) {
  return out << to_string(code);
}

inline std::ostream& boost_test_print_type(std::ostream& out, digest_algorithm algorithm) {
  return out << to_string(algorithm);
}

inline std::ostream& boost_test_print_type(std::ostream& out, const digest& value) {
  return out << value.to_string();
}

} // namespace gantry
