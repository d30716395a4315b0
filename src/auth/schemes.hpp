// How clients say who they are: the schemes of Authorization.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gantry::auth {

struct credentials {
  std::string user;
  std::string password;
};

/// Reads the value of Authorization (RFC 7617). Absent if it has another scheme, or is malformed.
std::optional<credentials> read_basic(std::string_view field);

/// The token of the value of Authorization (RFC 6750). Absent if it has another scheme.
std::optional<std::string_view> read_bearer(std::string_view field);

/// The value of WWW-Authenticate that asks for a password.
std::string basic_challenge(std::string_view realm);

} // namespace gantry::auth
