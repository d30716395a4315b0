// How clients are asked who they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace gantry::auth {

/// What clients without credentials are asked for.
enum class asked_for : std::uint8_t {
  /// A token of this registry if the policy allows something without a password; else a password.
  automatic,
  password,
  token,
};

/// A service of others that issues tokens for this registry.
struct token_service {
  /// Its URL.
  std::string realm = {};
  /// It is behind the same host, as the client knows that, at this path.
  bool is_at_host = false;
  std::string path = {};
  /// What it calls this registry.
  std::string name = {};
};

struct login_options {
  /// In the question for a password.
  std::string realm = "Registry";
  asked_for asks = asked_for::automatic;
  /// Clients are asked for its tokens, whatever `asks` says.
  std::optional<token_service> service = {};
};

} // namespace gantry::auth
