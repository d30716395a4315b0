// Looks whether a registry is there, and what it asks of its clients, before load is put on it.
#pragma once

#include "bench/registry_client.hpp"
#include "bench/registry_url.hpp"
#include "bench/tls.hpp"

#include <chrono>
#include <optional>

namespace gantry::bench {

struct probe_settings {
  /// For each address and each question.
  std::chrono::milliseconds timeout{5000};
  tls_settings tls = {};
  std::optional<credentials> who = {};
};

/// The first address of the host at which `GET /v2/` is answered as a registry does: with 200, or
/// with a 401 that says how to authenticate. Credentials are tried out. Throws std::runtime_error,
/// which says what to do, where there is none or they are not accepted.
registry_site find_registry(const registry_url& url, const probe_settings& settings);

} // namespace gantry::bench
