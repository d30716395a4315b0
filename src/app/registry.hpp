// A whole registry in one object: threads, actors, storage and listening sockets. `gantry serve`
// runs it, and tests start it in their own process.
#pragma once

#include "app/registry_options.hpp"
#include "domain/repository_name.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gantry {
struct registry_services;
namespace faults {
class fault_set;
} // namespace faults
namespace journal {
class journal;
} // namespace journal
} // namespace gantry

namespace gantry::app {

/// Not thread-safe. One owner starts, stops and destroys it.
class registry {
public:
  /// Opens the storage. Throws std::invalid_argument for inconsistent options, and
  /// std::runtime_error, with one line that says what to change, for an unusable data folder.
  explicit registry(registry_options options);
  ~registry();

  /// Returns once connections are accepted. Throws std::runtime_error, naming the address and the
  /// reason, if it cannot be bound.
  void start();
  /// Drains and stops everything; idempotent. Takes little longer than
  /// `http::options::drain_timeout`.
  void stop();

  /// Replaces the settings that can change while serving (`config::row::reloadable`), all at once:
  /// requests that begin later see them. Ignores the rest of `next`. One thread at a time.
  /// Precondition: started.
  void apply(const registry_options& next);

  /// Opens the files of the access log and of the audit log again, after they were renamed.
  /// Thread-safe until `stop`. Precondition: started.
  void reopen_logs() noexcept;

  /// Starts to refuse pushes and deletes, or accepts them again; returns whether it refuses them
  /// now. Thread-safe until `stop`. Precondition: started.
  bool toggle_read_only();

  /// Reads the policy file now, instead of when a request comes a second later; for a signal that
  /// asks the server to read its files again. Any thread. Returns whether the file holds a policy,
  /// which is then in force; if not, that of before stays so, and the log says why. True without a
  /// policy file. Precondition: started.
  bool reload_policy();

  /// Reads certificates and keys again; connections that are open keep theirs. False, with a line
  /// in the log, if they are unusable: those in use stay. True without TLS. Thread-safe until
  /// `stop` is called. Precondition: started.
  bool reload_certificates();

  /// The bound addresses, such as `127.0.0.1:40123`, in the format of `to_string(listen_address)`
  /// and in the order of `registry_options::addresses`. Precondition: started.
  std::vector<std::string> addresses() const;
  /// The port of the first address of TCP; 0 if there is none. Precondition: started.
  std::uint16_t port() const;
  /// The addresses and the port of metrics and health; empty and 0 for none. Precondition: started.
  std::string debug_address() const;
  std::uint16_t debug_port() const noexcept;

  /// The time since the last request ended, or since the start; zero while one is in progress.
  /// Precondition: started, with `registry_options::watch_idle`.
  std::chrono::milliseconds idle_for() const;

  /// For code in this process that asks actors without a connection, on the thread of `context`.
  /// Thread-safe until `stop` is called. Precondition: started.
  registry_services& services();
  boost::asio::io_context& context();
  faults::fault_set& faults();
  journal::journal& requests();
  /// Advances `registry_services::now`; actors notice it once the collector is told to catch up.
  /// Throws std::invalid_argument for a negative time and one beyond the clock's range, and
  /// std::runtime_error with a data folder.
  void advance(std::chrono::milliseconds by);
  /// Forgets pulls, those within one repository if there is one. Thread-safe until `stop` is
  /// called.
  void forget_pulls(const std::optional<repository_name>& within = {});
  /// Removes all faults and recorded requests, and returns to the real time.
  void forget_tests();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace gantry::app
