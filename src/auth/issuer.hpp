// Who is believed to say who a client is, and under which conditions.
#pragma once

#include "jose/algorithm.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace gantry::auth {

/// Where the keys of an issuer are: at least one.
struct key_places {
  /// Files of JWK Sets (RFC 7517).
  std::vector<std::string> jwk_sets = {};
  /// Files of certificates and public keys in PEM.
  std::vector<std::string> bundles = {};
  /// The URL of a JWK Set, or of an OpenID configuration that names it; empty for none.
  std::string url = {};
  /// A file of certificates (PEM) to trust there instead of the system's; empty for those.
  std::string authorities = {};

  /// Adds a file of a JWK Set, or sets the URL. Returns whether a URL was there already.
  bool add(std::string place);

  bool operator==(const key_places&) const = default;
};

/// An algorithm by its name. Throws std::invalid_argument, which says which there are.
jose::algorithm read_algorithm(const std::string& name);

struct issuer {
  /// What its tokens say (`iss`), exactly.
  std::string name;
  /// Whom its tokens are for (`aud`): one of these.
  std::vector<std::string> audiences;
  key_places keys = {};
  jose::algorithm_set algorithms = jose::algorithm_set::all();
  /// For clocks that differ.
  std::chrono::seconds leeway{60};

  /// What its tokens must say besides: each claim one of its globs.
  std::map<std::string, std::vector<std::string>> required = {};
  /// The claim that names the user, and what comes before it, so that an issuer cannot name the
  /// users of another one.
  std::string user_claim = "sub";
  std::string user_prefix = {};
  /// The claim that lists the user's groups; empty for none.
  std::string groups_claim = {};

  /// It is a token service: its tokens say what they allow (`access`), and nothing else of theirs
  /// counts. Otherwise what they say becomes the claims of a policy's subject.
  bool grants_access = false;

  bool operator==(const issuer&) const = default;
};

} // namespace gantry::auth
