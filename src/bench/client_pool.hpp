// Concurrent clients on a few threads.
#pragma once

#include "bench/load_result.hpp"
#include "bench/schedule.hpp"
#include "bench/workload.hpp"
#include "client/registry_site.hpp"
#include "client/registry_url.hpp"
#include "client/tls.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace gantry::bench {

class client_thread;

struct pool_settings {
  /// At least one.
  std::uint32_t connections = 8;
  /// At least one.
  std::uint32_t threads = 1;
  /// For one request and its response.
  std::chrono::milliseconds timeout = std::chrono::seconds{60};
  /// A new connection for each request.
  bool reconnect = false;
  /// Used if the URL says https.
  client::tls_settings tls = {};
  /// Used if the registry asks for credentials.
  std::optional<client::credentials> who = {};
};

/// Threads that run for the pool's lifetime, each with its share of the clients.
class client_pool {
public:
  /// Finds the registry. Throws std::runtime_error, which says what to do, if it does not answer,
  /// if its certificate is not accepted, or if it does not accept the credentials.
  client_pool(const client::registry_url& url, const pool_settings& settings);
  ~client_pool();
  client_pool(const client_pool&) = delete;
  client_pool& operator=(const client_pool&) = delete;

  /// Runs all clients as the shape says. Calls `observer` every second on the calling thread.
  /// SIGINT and SIGTERM end the load: requests in progress have `grace` to finish, and a second
  /// signal aborts them at once. Not thread-safe. Throws what a workload throws.
  load_result run(const workload& job, const load_shape& how, const progress_observer& observer);

  /// False once requests have been aborted: no more work can be done.
  bool is_usable() const noexcept { return usable_; }

  static constexpr std::chrono::seconds grace{5};

private:
  class monitor;

  client::registry_site site_;
  std::vector<std::unique_ptr<client_thread>> threads_;
  bool usable_ = true;
};

} // namespace gantry::bench
