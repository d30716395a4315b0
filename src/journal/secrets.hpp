// What recordings hide: header fields and query parameters that hold secrets.
#pragma once

#include <string>
#include <string_view>

namespace gantry::journal {

/// What replaces a secret.
inline constexpr std::string_view mask = "***";

/// Names in any case.
bool is_same_name(std::string_view left, std::string_view right) noexcept;
/// Authorization, Cookie, Proxy-Authorization and Set-Cookie, in any case.
bool is_secret_field(std::string_view name) noexcept;
/// `password`, `token`, `access_token`, `refresh_token`, `identity_token` and `client_secret`, in
/// any case, also percent-encoded.
bool is_secret_parameter(std::string_view name);

/// Appends a target or URL to `into` with the values of secret parameters masked. Stops soon after
/// `into` has more than `most` bytes.
void append_masked(std::string& into, std::string_view target, std::size_t most);

} // namespace gantry::journal
