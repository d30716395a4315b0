// The one map from errors to what a client sees: status, code (distribution-spec, "Error Codes")
// and message.
#pragma once

#include "domain/error.hpp"
#include "http/refusal.hpp"

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gantry::api {

struct wire_error {
  unsigned status;
  std::string_view code;
  std::string_view message;
  /// What the client should do; for docs/errors.md.
  std::string_view remedy;
};

wire_error to_wire(errc code) noexcept;

/// A refusal of the HTTP layer as an error of the registry.
error to_error(http::refusal why);
/// Converts the refusal in a result.
template <class T>
result<T> lift(http::result<T> from) {
  if (!from)
    return to_error(std::move(from).error());
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return std::move(*from);
}

/// `{"errors":[{"code":…,"message":…,"detail":…}]}`, with an entry for each further detail. An
/// empty detail is null, and so is that of an internal error. A long detail is truncated.
std::string render(const error& failure);
/// The same shape for an error that is not in the table.
std::string render(std::string_view code, std::string_view message);

} // namespace gantry::api
