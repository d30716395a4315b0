// Reads values that are texts of a certain form. As in `values.hpp`, error messages name the
// mistake, what is allowed, and one valid example.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::config {

/// `true`, `yes`, `on` and `1`, or `false`, `no`, `off` and `0`. Throws std::invalid_argument.
bool read_switch(std::string_view text);

/// The index of `text` in `choices`. Throws std::invalid_argument, which suggests the nearest
/// choice.
std::size_t read_choice(std::string_view text, std::span<const std::string_view> choices);

/// A path that begins with a slash and does not end with one: `/registry`. Throws
/// std::invalid_argument.
std::string read_prefix(std::string_view text);

/// A path that begins with a slash. Throws std::invalid_argument.
std::string read_path(std::string_view text);

/// `NAME: VALUE`, a header field (RFC 9110, 5.1) that the server does not set itself. Throws
/// std::invalid_argument.
std::pair<std::string, std::string> read_field(std::string_view text);

/// `CERT:KEY`, two files whose names have no colon. Throws std::invalid_argument.
std::string read_certificate_pair(std::string_view text);

/// Throws std::invalid_argument if `text` is a rule of distribution that accepts certificates of
/// clients without verifying them.
void refuse_unverified(std::string_view text);

/// A name of at most 128 letters, digits, dots, underscores and dashes; `example` is a valid one
/// for the message. Throws std::invalid_argument.
std::string read_name(std::string_view text, std::string_view example);
/// Whether such a name may have this character.
bool is_in_name(char c) noexcept;

/// ASCII letters in lower case.
std::string read_lower(std::string_view text);

/// Describes a missing value of this type: "a size, such as 512MiB".
std::string_view needed_for(std::string_view type) noexcept;

/// `{accept,reject,warn}`.
std::string in_braces(std::span<const std::string_view> choices);

/// Runs `read`; the text of a std::invalid_argument that it throws gets `name` before it.
template <class Read>
auto naming(std::string_view name, Read read) {
  try {
    return read();
  } catch (const std::invalid_argument& wrong) {
    throw std::invalid_argument{std::string{name} + ": " + wrong.what()};
  }
}

} // namespace gantry::config
