#include "http/refusal.hpp"

#include <boost/throw_exception.hpp>

#include <stdexcept>

namespace gantry::http {

void throw_exception_from_error(const refusal& refused, const boost::source_location& where) {
  boost::throw_exception(std::runtime_error{"the request was refused: " + refused.detail}, where);
}

} // namespace gantry::http
