// A container registry in this process, for tests.
//
//   gantry::registry registry;
//   registry.start();
//   registry.push({"team/app", "1.0", {"the bytes of a layer"}});
//   pull_with_my_client(registry.url()); // http://127.0.0.1:40123
//
// It has no effect on the rest of the process: no signal handlers, no limits, no locale, no other
// allocator, and its log is its own. Warnings and errors go to stderr.
#pragma once

#include <gantry/fault.hpp>
#include <gantry/image.hpp>
#include <gantry/options.hpp>
#include <gantry/request.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace gantry {

/// Its text says what was expected and lists what was recorded, for the message of a failed test.
class unmet_expectation : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Any number of registries can run in one process. One thread at a time may call `start`, `stop`
/// and the destructor, and no other member may run meanwhile. The members below `stop` may be
/// called from any thread; they throw std::logic_error unless the registry is started.
///
/// These members act for the program that owns the registry: they need no connection, appear in no
/// log, and `read_only`, `allow_delete` and `--allow-reset`, which restrict clients, do not apply.
class registry {
public:
  /// Opens the storage. Throws std::invalid_argument for settings that are not valid or exclude
  /// each other, and std::runtime_error for an unusable data folder.
  explicit registry(const options& chosen = {});
  /// Stops it.
  ~registry();
  /// A registry that was moved from can only be destroyed, or assigned to.
  registry(registry&&) noexcept;
  /// Stops the registry that is replaced.
  registry& operator=(registry&&) noexcept;

  /// Returns once connections are accepted. Throws std::runtime_error, naming the address and the
  /// reason, if it cannot listen; std::logic_error if it was started before.
  void start();
  /// Requests in progress get up to the drain timeout (10 s) to finish. Idempotent. A stopped
  /// registry does not start again.
  void stop() noexcept;

  /// `http://127.0.0.1:40123`. If it listens on all addresses, the one of the loopback interface.
  std::string url() const;
  /// `127.0.0.1:40123`, as in the name of an image.
  std::string host() const;
  /// The port that it listens on.
  std::uint16_t port() const;

  /// Deletes all content, open uploads, faults and recorded requests, restores the seed, and
  /// returns to the real time. Throws std::runtime_error if the storage fails.
  void reset();
  /// Deletes the content and the open uploads of the repository with this name and of those below
  /// it: `team` means `team` and `team/app`, not `teams`. Nothing else changes, and no seed is
  /// restored. Throws std::invalid_argument for a name that is not valid.
  void reset(const std::string& repositories);

  /// Saves all content without open uploads, and returns the number of the snapshot. It copies no
  /// bytes of blobs. A reset keeps snapshots, and what they hold counts against the memory limit.
  /// Throws std::runtime_error beyond 100 snapshots, if there is no room, and for a registry with a
  /// data folder.
  std::uint64_t snapshot();
  /// Returns to that content; open uploads end, faults and recorded requests stay. Throws
  /// std::runtime_error if there is no such snapshot.
  void restore(std::uint64_t snapshot);
  /// Throws std::runtime_error if there is no such snapshot.
  void remove_snapshot(std::uint64_t snapshot);

  /// Advances the clock that uploads and leases expire by; `reset` returns to the real time. What
  /// has expired by then is gone afterwards. Throws std::invalid_argument for a negative time and
  /// one beyond the year 2199, and std::runtime_error for a registry with a data folder.
  void advance(std::chrono::milliseconds by);

  /// Stores an image, and returns the digest of its manifest, `sha256:…`. Throws
  /// std::invalid_argument for a repository, tag or media type that is not valid, and
  /// std::runtime_error if the registry refuses the image (it is full, the tag is immutable).
  std::string push(const image& pushed);

  /// The tags of a repository, sorted bytewise; empty if it holds no manifest. Throws
  /// std::invalid_argument for a name that is not valid.
  std::vector<std::string> tags(const std::string& repository) const;
  /// The repositories that hold a manifest, sorted bytewise.
  std::vector<std::string> repositories() const;

  /// Injects the fault with this name, or those of a JSON object or array: see docs/testing.md.
  /// Returns the number of the first. Throws std::invalid_argument, naming the member that is
  /// wrong.
  std::uint64_t fail(const std::string& fault);
  /// Injects a fault and returns its number. Throws std::invalid_argument as above.
  std::uint64_t fail(const fault& made);
  /// The faults that are set, in the order in which they were set.
  std::vector<set_fault> faults() const;
  /// Removes the fault with this number; false if there is none.
  bool clear_fault(std::uint64_t id);
  /// Removes all faults.
  void clear_faults();

  /// The recorded requests that match, the oldest first; the last 1000 are kept, or as many as
  /// `--journal` says. This and the members below throw std::invalid_argument for a status that is
  /// not one.
  std::vector<request> requests(const request_filter& which = {}) const;
  /// How many recorded requests match.
  std::size_t count(const request_filter& which = {}) const;
  /// Waits until `count` matching requests are recorded, including earlier ones, or the time is
  /// over. Returns those that are recorded then. Precondition: `count` is at least one.
  std::vector<request> wait_for(const request_filter& which, std::size_t count = 1,
                                std::chrono::milliseconds timeout = std::chrono::seconds{5}) const;
  /// Waits likewise, but throws unmet_expectation if there are fewer.
  std::vector<request> expect(const request_filter& which, std::size_t count = 1,
                              std::chrono::milliseconds timeout = std::chrono::seconds{5}) const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace gantry
