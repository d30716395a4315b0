// How a registry wants its clients to say who they are.
#pragma once

#include "bench/wire.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::bench {

struct credentials {
  std::string user;
  std::string password;
};

/// Where tokens come from (the distribution project's token specification).
struct token_realm {
  peer server;
  /// Path and query, as the registry names them.
  std::string target;
  std::string service;
};

struct access_rules {
  enum class scheme : std::uint8_t { none, basic, bearer };

  scheme how = scheme::none;
  /// With `basic` always; with `bearer` the token server is told.
  std::optional<credentials> who = {};
  /// With `bearer`.
  token_realm realm = {};
};

/// The value of an Authorization field: `Basic …`.
std::string basic_authorization(const credentials& who);

/// `realm.target` and the question for a token: its service, and each of `scopes`.
std::string token_target(const token_realm& realm, const std::vector<std::string>& scopes);

/// What a token server hands out.
struct token_answer {
  std::string token;
  std::chrono::seconds lifetime{60};
};

/// Nothing where the text is no JSON object with a `token` or an `access_token`.
std::optional<token_answer> read_token(std::string_view text);

/// The repository that a request below `/v2/` is for; empty for none. `prefix` ends with `/v2/`.
std::string_view repository_in(std::string_view target, std::string_view prefix);

} // namespace gantry::bench
