// Tokens that this registry gives to clients: who they are, sealed.
#pragma once

#include "auth/identity.hpp"
#include "auth/key_ring.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::auth {

/// What a token is good for.
enum class token_use : std::uint8_t {
  /// Comes with every request.
  access,
  /// Is exchanged for others: docker keeps it instead of the password.
  refresh,
};

struct sealed_token {
  token_use use = token_use::access;
  identity is = {};
  std::chrono::system_clock::time_point end;
};

/// A token says who a client is, and what it may do at most; whether its proof still holds, and
/// what the rules allow, is found out at every request. Clients can neither read nor change it.
/// Thread-safe.
class sealed_tokens {
public:
  using clock = std::chrono::system_clock;

  /// How all of them begin, so that scanners for secrets find them.
  static constexpr std::string_view prefix = "gantry-token-";
  /// Bytes: what fits into a head of 16 KiB beside other fields.
  static constexpr std::size_t longest = 8 * 1024;

  /// `keys` outlives it.
  explicit sealed_tokens(key_ring& keys) : keys_{keys} {}

  /// Absent if the identity, with all that its issuer says, is too long.
  std::optional<std::string> seal(const sealed_token& content) const;
  /// Absent if the text was not sealed with one of the keys, or has ended.
  std::optional<sealed_token> open(std::string_view token, clock::time_point now) const;

private:
  key_ring& keys_;
};

} // namespace gantry::auth
