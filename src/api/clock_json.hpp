// The registry's clock as JSON: changes that a test asks for, and what it shows.
#pragma once

#include "base/adjustable_clock.hpp"
#include "domain/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace gantry::api {

/// Bytes of a change.
inline constexpr std::size_t max_clock_text = 4096;

/// Reads `{"now":"2026-01-31T12:00:00Z"}`, `{"advance":"1h"}`, `{"frozen":true}`, or
/// `{"real":true}`, which excludes the others. `now` excludes `advance`. Errors: request_invalid,
/// with the member that is wrong.
result<adjustable_clock::change> read_clock_change(std::string_view text);

/// `{"now":"2026-01-31T12:00:00.000000Z","frozen":true,"real":false}`.
std::string render(const adjustable_clock::reading& shown);

} // namespace gantry::api
