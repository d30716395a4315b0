// Looks whether a registry is there before load is put on it.
#pragma once

#include "bench/registry_client.hpp"
#include "bench/registry_url.hpp"
#include "bench/tls.hpp"

#include <chrono>

namespace gantry::bench {

/// The first address of the host at which `GET /v2/` is answered with 200. `timeout` is for each
/// address. Throws std::runtime_error, which says what to do, where there is none.
registry_site find_registry(const registry_url& url, const tls_settings& tls,
                            std::chrono::milliseconds timeout);

} // namespace gantry::bench
