// The configuration of the registry's API.
#pragma once

#include "domain/paging.hpp"
#include "domain/tag_patterns.hpp"
#include "domain/validation.hpp"
#include "limits/rate_rule.hpp"
#include "net/networks.hpp"
#include "profiles/profile.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gantry::api {

/// Who may steer the registry as a test double (`effect::steers`).
enum class control : std::uint8_t { off, loopback, any };

/// Which name in a client's certificate is its user: the common name, or the first alternative name
/// of a kind.
enum class certificate_name : std::uint8_t { common, dns, email, uri };

struct options {
  validation_policy validation;
  page_limits pages;

  /// How many names a request for the catalog looks at, if its client may not read all of them.
  std::size_t max_names_looked_at = 20'000;

  /// The prefix of every path ("/test"); empty for none.
  std::string prefix;
  /// Scheme and host under which clients know the registry, `https://registry.example`; empty: as
  /// each of them names it.
  std::string external_url;
  /// Proxies that are believed when they say where a request came from.
  net::networks trusted_proxies;
  /// How often clients may ask.
  std::vector<limits::rate_rule> rates;
  /// Added to every response ("X-Content-Type-Options", "nosniff").
  std::vector<std::pair<std::string, std::string>> headers;
  /// Locations and Links carry scheme and host instead of the path alone.
  bool absolute_locations = false;
  /// Origins whose pages may use the registry from a browser, such as `http://localhost:3000`; `*`
  /// lets all others read. Empty turns CORS off.
  std::vector<std::string> cors_origins{"*"};
  /// Host names of this registry alone, in lower case: its pages may change content under these
  /// names, besides addresses and `localhost`.
  std::vector<std::string> allowed_hosts;

  /// Clients can log in by certificates, which TLS asks them for.
  bool certificates_log_in = false;
  certificate_name user_in_certificate = certificate_name::common;

  bool read_only = false;
  bool allow_delete = true;
  bool referrers = true;
  /// Whether the emulator's reset may delete all content.
  bool allow_reset = true;
  control steered_by = control::loopback;
  /// The registry that this one imitates; null for none.
  const profiles::profile* profile = nullptr;
  /// Names, or their first components, that exist before anything is pushed, for profiles that
  /// need that.
  tag_patterns known_repositories;
  /// How many requests the journal keeps; zero records none.
  std::size_t journal_entries = 1000;

  /// `OCI-Chunk-Min-Length`; zero sends none.
  std::uint64_t chunk_min_length = 0;
  /// The most bytes of a manifest.
  std::size_t max_manifest = 4 * 1024 * 1024;
  /// The most bytes of bodies, manifests and answers in memory, over all connections: see
  /// `in_flight`.
  std::size_t max_in_flight = 256 * 1024 * 1024;

  /// A request fails (503) if an actor does not answer within this time.
  std::chrono::milliseconds ask_timeout = std::chrono::seconds{30};
  /// A request that waits longer for bytes in flight is refused (429).
  std::chrono::milliseconds in_flight_timeout = std::chrono::seconds{30};
  /// While requests wait for bytes in flight, a connection that holds some and moves nothing for
  /// this long is cut.
  std::chrono::milliseconds in_flight_patience = std::chrono::seconds{1};
};

} // namespace gantry::api
