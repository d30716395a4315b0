// The last login of a connection. Clients repeat the same credentials with each request, and need
// not be looked up again each time.
#pragma once

#include "auth/identity.hpp"
#include "net/connection.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::api {

/// A login stands for as long as its outcome lasts (`auth::outcome::lasts`), at most this long, and
/// until anything changes that logins may rest on.
inline constexpr std::chrono::seconds login_stands_for{60};

/// Longer fields are not kept: they would cost each connection memory.
inline constexpr std::size_t longest_kept_field = 4096;

struct standing_login final : net::connection_note {
  /// Authorization.
  std::string field = {};
  auth::identity_ptr owner = {};
  std::uint64_t generation = 0;
  bool by_password = false;
  net::steady_clock::time_point until = {};
};

/// Keeps a login, for as long as its outcome lasts, in the place of a former one. `generation`:
/// that of `auth::login` from before it was decided.
void keep_login(net::connection& peer, std::string_view field, auth::identity_ptr owner,
                std::uint64_t generation, std::chrono::nanoseconds lasts);

/// The login on this connection with the same field, until the next is kept; null if it must be
/// decided, for the first time or again. `generation`: the present one.
const standing_login* repeated_login(net::connection& peer, std::string_view field,
                                     std::uint64_t generation);

} // namespace gantry::api
