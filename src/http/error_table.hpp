// THE map from errors to what a client sees: status, code (distribution-spec, "Error Codes") and
// message.
#pragma once

#include "domain/error.hpp"

#include <string>
#include <string_view>

namespace gantry::http {

struct wire_error {
  unsigned status;
  std::string_view code;
  std::string_view message;
  /// What somebody who gets it should do; for docs/errors.md.
  std::string_view remedy;
};

wire_error to_wire(errc code) noexcept;

/// `{"errors":[{"code":…,"message":…,"detail":…}]}`, with an entry for each further detail; a
/// detail that is empty is null, and so is that of an internal error. A long detail is cut.
std::string render(const error& failure);

/// The reason phrase of every status that this server sends.
std::string_view reason_phrase(unsigned status) noexcept;

} // namespace gantry::http
