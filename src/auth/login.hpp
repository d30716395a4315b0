// Logs clients in: by passwords, by tokens in their place, and by bearer tokens.
#pragma once

#include "auth/login_options.hpp"
#include "auth/outcome.hpp"
#include "auth/password_login.hpp"
#include "auth/personal_tokens.hpp"
#include "auth/schemes.hpp"
#include "auth/sealed_tokens.hpp"
#include "auth/trusted_issuers.hpp"
#include "auth/verified_tokens.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::auth {

/// The tokens that an exchange of credentials brings.
struct token_grant {
  std::string access;
  /// Empty if none was asked for, or can be given.
  std::string refresh;
  std::chrono::system_clock::time_point made;
  std::chrono::seconds lifetime;
};

/// Thread-safe.
class login {
public:
  using clock = std::chrono::system_clock;

  static constexpr std::chrono::seconds access_lifetime{300};
  static constexpr std::chrono::days refresh_lifetime{90};
  static_assert(refresh_lifetime <= key_ring::memory);

  /// The ways to log in; each may be absent.
  struct ways {
    std::unique_ptr<password_login> passwords;
    std::unique_ptr<personal_tokens> personal;
    std::unique_ptr<trusted_issuers> issuers;
  };

  /// `now` is called on any thread.
  login(ways in, std::unique_ptr<key_ring> keys, login_options options,
        std::function<clock::time_point()> now = clock::now);

  /// The value of WWW-Authenticate that asks for a password.
  const std::string& challenge() const noexcept { return challenge_; }
  /// What clients without credentials are asked for.
  const login_options& options() const noexcept { return options_; }

  /// Grows whenever something has changed that logins may rest on: users, personal tokens, issuers
  /// and their keys. Files are looked at once per second at most.
  std::uint64_t generation();

  /// Decides if that is possible without blocking; a token may stand for the password. `address` is
  /// the client's, without its port.
  std::optional<outcome> decide(const credentials& who, std::string_view address);
  /// Decides what `decide` did not. `done` may be called on this thread.
  void check(credentials who, std::string address, completion done);

  /// The same for a bearer token.
  std::optional<outcome> decide_token(std::string_view token);
  void check_token(std::string token, completion done);
  /// Whose refresh token this is; null if it is none, or counts no longer.
  identity_ptr refresh_owner_of(std::string_view token);

  /// Gives tokens to a client that has logged in, or to an anonymous one. They allow at most
  /// `scopes`; without any, what the client may do. Absent if what is known of the client is too
  /// long.
  std::optional<token_grant> grant(const identity& to, std::optional<std::string_view> scopes,
                                   bool with_refresh);

private:
  bool holds(const identity& owner, clock::time_point now);
  /// What a token of this registry says; absent if that counts no longer.
  std::optional<sealed_token> open(std::string_view token, clock::time_point now);
  std::optional<outcome> decide_in_place_of_password(const credentials& who);
  outcome find_personal(std::string_view token);
  bool is_statement(std::string_view token) const;

  const ways in_;
  const std::unique_ptr<key_ring> keys_;
  const sealed_tokens sealed_;
  const login_options options_;
  const std::string challenge_;
  const std::function<clock::time_point()> now_;
  verified_tokens verified_;
};

} // namespace gantry::auth
