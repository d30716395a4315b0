// A whole registry in one object: threads, actors, storage and listening sockets. What `gantry
// serve` runs and what tests start inside their own process.
#pragma once

#include "app/registry_options.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace gantry::app {

/// Thread-safe: no. One owner starts, stops and destroys it.
class registry {
public:
  /// Opens the storage. Throws std::invalid_argument for a configuration that makes no sense, and
  /// std::runtime_error for a data folder that cannot be used, with one line that says what to
  /// change.
  explicit registry(registry_options options);
  ~registry();

  /// Returns once connections are accepted. Throws std::runtime_error where the address cannot be
  /// had; the text says which and why.
  void start();
  /// Drains and stops everything; idempotent. At most `http::options::drain_timeout` and a little.
  void stop();

  /// Puts in force what may be replaced while serving (`config::row::reloadable`), all at once:
  /// requests that begin from now on see it. The rest of `next` is ignored. One thread at a time.
  /// Precondition: started.
  void apply(const registry_options& next);

  /// The addresses that were bound, `127.0.0.1:40123`, as `to_string` of a `listen_address` has
  /// them. Precondition: started.
  std::string address() const;
  std::uint16_t port() const;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace gantry::app
