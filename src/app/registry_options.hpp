// The options of each part of a registry.
#pragma once

#include "actors/options.hpp"
#include "api/options.hpp"
#include "auth/fetcher.hpp"
#include "auth/issuer.hpp"
#include "auth/login_options.hpp"
#include "config/settings.hpp"
#include "domain/quota.hpp"
#include "http/options.hpp"
#include "net/tls_options.hpp"
#include "otlp/settings.hpp"
#include "replay/player.hpp"
#include "retention/rule.hpp"
#include "storage/api/engine.hpp"
#include "telemetry/access_log.hpp"
#include "telemetry/log.hpp"
#include "webhooks/endpoint.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gantry::app {

struct registry_options {
  /// `HOST:PORT` or `unix:FILE`, as `parse_listen_address` reads them. Port 0 takes any free port.
  std::vector<std::string> addresses{"127.0.0.1:4775"};
  /// Sockets that listen already, and are used instead of the addresses if there are any.
  std::vector<int> sockets = {};
  /// Threads that run both sockets and actors; zero means one per core.
  std::size_t threads = 0;
  /// The data folder; empty means in memory.
  std::string data;
  /// How long to wait for another process that has the folder open.
  std::chrono::milliseconds wait_for_lock{0};
  /// Polled during that wait; returns whether the process was asked to stop. May be empty.
  std::function<bool()> stop_asked = {};
  /// Puts an engine around the one that the other options name. May be empty.
  std::function<std::unique_ptr<storage_engine>(std::unique_ptr<storage_engine>)> around_engine =
    {};
  /// The most bytes that the memory engine may hold; zero means half of the machine's RAM.
  std::uint64_t memory_limit = 0;
  /// What the seeder takes: "true", "false", a folder or a file; empty means "true" in memory and
  /// "false" in a folder. A folder that holds a repository is never seeded.
  std::string seed;
  /// The htpasswd file whose users may log in; empty for none: everybody may do everything.
  std::string htpasswd;
  /// What clients show when they ask for a password.
  std::string realm = "Registry";
  auth::asked_for asks = auth::asked_for::automatic;
  /// A token service of others, and what it calls itself and this registry; without a name there is
  /// none.
  auth::token_service token_service = {};
  auth::issuer token_issuer = {};
  /// The file of issuers whose tokens stand for passwords; empty for none.
  std::string issuers;
  /// Fetches the keys of issuers from URLs. An embedded registry has none.
  auth::fetcher fetch = [](const std::string&, const std::string&) -> auth::fetched_text {
    return {.why = "this program fetches nothing: name a file of keys"};
  };
  /// The file of personal access tokens; empty for none.
  std::string personal_tokens;
  /// The file of the keys that seal tokens; empty: in the data folder, or in memory without one.
  std::string token_keys;
  /// The policy file that says who may do what; empty for none: all that are let in may do
  /// everything.
  std::string policy_file;
  /// Of the access log.
  telemetry::log_format log = telemetry::log_format::off;
  /// What the access log is appended to; empty for stdout.
  std::string log_file;
  /// What the audit log is appended to; empty for none.
  std::string audit_file;
  /// Of the server's own log, which the whole process shares.
  telemetry::log_style style;
  /// Whether requests are counted for Prometheus.
  bool metrics = true;
  /// Where metrics and health are served alone, like `address`; empty for none.
  std::string debug_address;
  /// The path of the metrics there.
  std::string metrics_path = "/metrics";
  /// A file of faults (`faults::read_rules`) that are set at startup; empty for none.
  std::string faults;
  /// A recorded session (`replay::read_har`) that answers instead of the content; empty for none.
  std::string replay;
  replay::order replayed_in = replay::order::loose;
  /// Threads poll briefly before they sleep, while that pays.
  bool poll = true;
  /// Actors run on the threads of CAF's own scheduler instead of the io threads.
  bool separate_scheduler = false;
  /// Requests are watched for `registry::idle_for`.
  bool watch_idle = false;

  actor_options actors;
  api::options api;
  http::options http;
  /// Without certificates, it speaks plain HTTP. The first may lack one of its files, which the
  /// registry refuses.
  net::tls_options tls;
  /// Without an endpoint, nothing is traced. Not in `config::settings`: `gantry serve` takes them
  /// from OpenTelemetry's variables.
  otlp::settings traces;
  /// What repositories may hold.
  std::vector<quota> quotas = {};
  /// Servers that are told of changes.
  std::vector<webhooks::endpoint> webhooks = {};
  /// Which tags go.
  retention::rule_list retention_rules = {};
  /// How often the rules are applied; zero means only on request.
  std::chrono::milliseconds retention_interval{0};
};

/// What collections may remove.
gc_policy collection_policy_of(const config::settings& chosen);
/// Passes each setting to the part that needs it.
registry_options options_of(const config::settings& chosen);

/// `running`, with what may be replaced while a registry serves taken from `next`: the rows of the
/// table that are `reloadable`.
api::options replaced(const api::options& running, const api::options& next);

} // namespace gantry::app
