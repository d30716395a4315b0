// Verifies who has signed a token.
#pragma once

#include "jose/algorithm.hpp"
#include "jose/claims.hpp"
#include "jose/expectations.hpp"
#include "jose/key_set.hpp"
#include "jose/refusal.hpp"
#include "jose/token.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>

namespace gantry::jose {

/// A token is compared with no more keys than this.
inline constexpr std::size_t max_keys_tried = 8;

struct verification {
  algorithm_set algorithms = algorithm_set::all();
  /// When the certificates of a chain must be valid.
  std::chrono::system_clock::time_point now = {};
};

/// The claims of a token that a trusted key has signed. If it names its key, only trusted keys with
/// that name are tried. If there are none, or it names none, the first certificate of its chain is
/// its key, provided that `trusted` has certificates: the chain must lead to one of them. Without
/// name and chain all keys that fit the algorithm are tried. Keys are tried in the order of
/// `trusted`, at most `max_keys_tried`. The payload is read only after that. Errors:
/// algorithm_refused; key_unknown (no trusted key with that name, or none that fits the
/// algorithm); chain_refused; key_refused (of the chain); signature_wrong; claims_invalid.
outcome<claims> verify(const token& sent, const key_set& trusted, const verification& how);

/// Verifies a token and checks its claims. Errors: those of `verify` and `check`.
outcome<claims> accept(const token& sent, const key_set& trusted, algorithm_set algorithms,
                       const expectations& expected);

/// All of it: reads the text of a token, verifies it and checks its claims. Errors: those of
/// `parse_token`, `verify` and `check`.
outcome<claims> accept(std::string_view text, const key_set& trusted, algorithm_set algorithms,
                       const expectations& expected);

} // namespace gantry::jose
