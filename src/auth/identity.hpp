// Who a client is, and what that rests on.
#pragma once

#include "policy/subject.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace gantry::auth {

/// What a login rests on. Tokens that were given for it count as long as it holds.
struct proof {
  enum class kind : std::uint8_t {
    /// An anonymous client has none.
    none,
    /// The hash of the user's password in the file.
    password,
    /// A personal access token: its number.
    personal_token,
    /// What an issuer outside says: it holds until `end`.
    statement,
  };

  kind of = kind::none;
  std::string text = {};
  std::chrono::system_clock::time_point end = std::chrono::system_clock::time_point::max();

  bool operator==(const proof&) const = default;
};

struct identity {
  policy::subject who = {};
  proof by = {};
};

/// Shared, because requests only look at it. Null where none was found.
using identity_ptr = std::shared_ptr<const identity>;

/// That of a client that has not logged in. Owns nothing: a copy costs no counting.
inline identity_ptr anonymous_identity() {
  static const identity nothing;
  return {identity_ptr{}, &nothing};
}

} // namespace gantry::auth
