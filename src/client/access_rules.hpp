// How a registry requires its clients to authenticate.
#pragma once

#include "client/stream.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::client {

struct credentials {
  std::string user;
  std::string password;
  /// What `docker login` keeps instead of a password if the token server issues it: exchanged for
  /// tokens by OAuth 2 (`refresh_token`). Empty: none.
  std::string identity_token = {};
};

/// A server of bearer tokens (the distribution project's token specification).
struct token_realm {
  peer server;
  /// Path and query of the realm, as the registry names it.
  std::string target;
  std::string service;
};

struct access_rules {
  enum class scheme : std::uint8_t { none, basic, bearer };

  scheme how = scheme::none;
  /// Required with `basic`. With `bearer` the token server receives them; without them, tokens are
  /// anonymous.
  std::optional<credentials> who = {};
  /// With `bearer`.
  token_realm realm = {};
};

/// The value of an Authorization field: `Basic …`.
std::string basic_authorization(const credentials& who);

/// The target that requests a token: `realm.target` with its service and each of `scopes`.
std::string token_target(const token_realm& realm, const std::vector<std::string>& scopes);

/// The form that asks for a token with the identity token of `who`, to be posted to `realm.target`.
std::string token_form(const token_realm& realm, const std::vector<std::string>& scopes,
                       const credentials& who);

/// A token that a server has issued.
struct issued_token {
  std::string token;
  /// From zero to a year. A minute if the server does not say.
  std::chrono::seconds lifetime{60};
};

/// Reads the response of a token server. Returns nothing if the text is not a JSON object with a
/// `token` or an `access_token`.
std::optional<issued_token> read_token(std::string_view text);

} // namespace gantry::client
