// Settings of docker's registry (distribution) that Gantry does not have.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gantry::config {

/// What would be lost if a setting were ignored.
enum class loss : std::uint8_t {
  none,
  /// Content would go with the process.
  content,
  /// Everybody could do everything.
  login,
};

/// One of distribution's settings, or a section of them.
struct unsupported {
  /// `http.http2`, in lower case.
  std::string_view key;
  /// What is true instead, as the rest of a sentence. Empty: nothing has to be said.
  std::string_view instead;
  /// If something would be lost, the start is refused.
  loss if_ignored = loss::none;
};

/// All of them, sorted by key.
std::span<const unsupported> all_unsupported() noexcept;

/// The setting `key`, or the section that it belongs to; null if distribution has no such setting.
/// Call it only for keys that the table of settings does not have.
const unsupported* find_unsupported(std::string_view key) noexcept;

/// The same for a variable in upper case: `REGISTRY_HTTP_HTTP2_DISABLED`.
const unsupported* find_unsupported_variable(std::string_view variable) noexcept;

} // namespace gantry::config
