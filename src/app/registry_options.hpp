// What each part of a registry is told when it starts.
#pragma once

#include "actors/options.hpp"
#include "api/options.hpp"
#include "config/settings.hpp"
#include "http/options.hpp"
#include "telemetry/access_log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace gantry::app {

struct registry_options {
  /// `HOST:PORT`, as `parse_listen_address` reads it. Port 0 takes any free port.
  std::string address = "127.0.0.1:4775";
  /// Threads for sockets and actors together; zero for one per core.
  std::size_t threads = 0;
  /// The folder that everything is kept in; empty keeps everything in memory.
  std::string data;
  /// How long to wait for another process that has this folder open.
  std::chrono::milliseconds wait_for_lock{0};
  /// Whether the process was asked to stop, while that is waited for. May be empty.
  std::function<bool()> stop_asked = {};
  /// Bytes that the memory engine may hold; zero for half of the machine's RAM.
  std::uint64_t memory_limit = 0;
  /// "true", "false", or the folder of an OCI image layout; empty for "true" in memory and "false"
  /// in a folder. A folder that holds a repository is never seeded.
  std::string seed;
  telemetry::log_format log = telemetry::log_format::off;
  /// Threads look again for a moment before they sleep, while that pays.
  bool poll = true;
  /// Actors run on threads of CAF's own scheduler instead of the io threads.
  bool separate_scheduler = false;

  actor_options actors;
  api::options api;
  http::options http;
};

/// Hands each setting to the part that needs it.
registry_options options_of(const config::settings& chosen);

/// `running`, with what may be replaced while a registry serves taken from `next`: the rows of the
/// table that are `reloadable`.
api::options replaced(const api::options& running, const api::options& next);

} // namespace gantry::app
