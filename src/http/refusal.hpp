// Why a request cannot be served, as far as HTTP alone can tell.
#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::http {

enum class refusal_code : std::uint8_t {
  /// The head, the target or the body does not follow RFC 9110 and 9112.
  malformed,
  /// The head or the body arrived too slowly, or others needed the connection.
  too_slow,
  target_too_long,
  head_too_large,
  /// A Content-Encoding other than identity.
  content_encoding_unsupported,
  /// The Range is malformed, or lies wholly outside the content.
  range_not_satisfiable,
  too_many_ranges,
};

/// One refusal. `detail` is shown to the client and names what it sent.
struct refusal {
  refusal_code code = refusal_code::malformed;
  std::string detail;

  bool operator==(const refusal&) const = default;
};

template <class T>
using result = boost::system::result<T, refusal>;

/// Makes `result<T>::value()` on a refusal throw `std::runtime_error`.
[[noreturn]] void throw_exception_from_error(const refusal& refused, const boost::source_location&);

/// Shorthand: `return refuse(refusal_code::malformed, text);`.
inline refusal refuse(refusal_code code, std::string_view detail = {}) {
  return {code, std::string{detail}};
}

} // namespace gantry::http
