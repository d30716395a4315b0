// A whole registry in one object: threads, actors, storage and listening sockets. What `gantry
// serve` runs and what tests start inside their own process.
#pragma once

#include "actors/options.hpp"
#include "api/options.hpp"
#include "http/options.hpp"
#include "telemetry/access_log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace gantry::app {

struct config {
  /// `HOST:PORT`, as `parse_listen_address` reads it. Port 0 takes any free port.
  std::string address = "127.0.0.1:4775";
  /// Threads for sockets and actors together; zero for one a core.
  std::size_t threads = 0;
  /// The folder that everything is kept in; empty keeps everything in memory.
  std::string data;
  /// How long to wait for another process that has this folder open.
  std::chrono::milliseconds wait_for_lock{0};
  /// Whether somebody has asked to stop, while that is waited for. May be empty.
  std::function<bool()> stop_asked = {};
  /// Bytes that the memory engine may hold; zero for half of the machine's RAM.
  std::uint64_t memory_limit = 0;
  /// "true", "false", or the folder of an OCI image layout; empty for "true" in memory and "false"
  /// in a folder. A folder that holds a repository is never seeded.
  std::string seed;
  telemetry::log_format log = telemetry::log_format::off;
  /// Actors run on threads of CAF's own scheduler instead of the io threads.
  bool separate_scheduler = false;

  /// Threads look again for a moment before they sleep, while that pays.
  bool poll = true;

  actor_options actors;
  api::options api;
  http::options http;
};

/// Thread-safe: no. One owner starts, stops and destroys it.
class registry {
public:
  /// Opens the storage. Throws std::invalid_argument for a configuration that makes no sense, and
  /// std::runtime_error for a data folder that cannot be used, with one line that says what to
  /// change.
  explicit registry(config settings);
  ~registry();

  /// Returns once connections are accepted. Throws std::runtime_error where the address cannot be
  /// had; the text says which and why.
  void start();
  /// Drains and stops everything; idempotent. At most `http::options::drain_timeout` and a little.
  void stop();

  /// The addresses that were bound, `127.0.0.1:40123`, as `to_string` of a `listen_address` has
  /// them. Precondition: started.
  std::string address() const;
  std::uint16_t port() const;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace gantry::app
