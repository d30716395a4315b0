// Tokens that say who a client is: it exchanges its password for one (docker's token protocol).
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::auth {

/// Reads the value of Authorization with the scheme Bearer. Absent if it has another scheme.
std::optional<std::string_view> read_bearer(std::string_view field);

/// A token is a name and a time, sealed under a key that is random for each object: it says who a
/// client is, not what it may do, and ends with the process. Thread-safe.
class access_tokens {
public:
  using time_point = std::chrono::steady_clock::time_point;
  /// What the user's password is at present, such as its hash; absent if there is no such user.
  using proof_of = std::function<std::optional<std::string>(std::string_view user)>;

  static constexpr std::chrono::seconds lifetime{300};

  /// Throws std::runtime_error if the system has no random bytes.
  access_tokens();

  std::string issue(std::string_view user, std::string_view proof, time_point now) const;
  /// The user of a token; absent if it was not issued here, has expired, or if the proof is another
  /// one now: a changed password ends the tokens of the former one.
  std::optional<std::string> user_of(std::string_view token, const proof_of& proof,
                                     time_point now) const;

private:
  using seal = std::array<unsigned char, 32>;

  seal seal_of(std::string_view claim, std::string_view proof) const;

  std::array<unsigned char, 32> key_;
};

} // namespace gantry::auth
