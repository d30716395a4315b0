// Clients that work at the same time, on a few threads.
#pragma once

#include "bench/registry_client.hpp"
#include "bench/schedule.hpp"
#include "bench/series.hpp"
#include "bench/tally.hpp"
#include "client/registry_site.hpp"
#include "client/registry_url.hpp"
#include "client/tls.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace gantry::bench {

/// What clients do with an image. Its functions are called on any thread of a crew.
class workload {
public:
  virtual ~workload() = default;
  /// True if all went well.
  virtual boost::asio::awaitable<bool> perform(registry_client& registry,
                                               std::uint64_t number) const = 0;
};

/// How far a load is.
struct progress {
  /// Since it began to count; negative during the warm-up.
  std::chrono::nanoseconds elapsed{0};
  /// Since the last report.
  std::chrono::nanoseconds span{0};
  latency_histogram images;
  std::uint64_t failed = 0;
};

/// Called every second on the thread that waits for the load.
using observer = std::function<void(const progress&)>;

struct load_result {
  tally figures;
  /// What was measured, a second each; the last one may be shorter.
  series moments;
  std::chrono::nanoseconds measured{0};
  /// Numbers of images that were worked on lie below this.
  std::uint64_t numbers = 0;
  /// With a rate: images that were due and never begun.
  std::uint64_t missed = 0;
  /// A signal ended it.
  bool interrupted = false;
};

struct crew_settings {
  /// At least one.
  std::uint32_t connections = 8;
  /// At least one.
  std::uint32_t threads = 1;
  /// For one request and its answer.
  std::chrono::milliseconds timeout = std::chrono::seconds{60};
  /// Where the URL says https.
  client::tls_settings tls = {};
  /// Where the registry asks who its clients are.
  std::optional<client::credentials> who = {};
};

/// Threads that run from construction to destruction, each with its share of the clients.
class crew {
public:
  /// Asks the registry for its version. Throws std::runtime_error where it is not there, has a
  /// certificate that is not accepted, or does not accept the credentials.
  crew(const client::registry_url& url, const crew_settings& settings);
  ~crew();
  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;

  /// Lets all clients work until the pace ends. SIGINT and SIGTERM end it at once: what is on its
  /// way may take `grace` to finish, and no time at all after a second signal. One thread at a
  /// time. Throws what a workload throws.
  load_result run(const workload& job, const pace& how, const observer& watch);

  /// False once requests had to be cut off: the crew does no more work.
  bool is_usable() const noexcept { return usable_; }

  static constexpr std::chrono::seconds grace{5};

private:
  class lane;
  class watch;

  client::registry_site site_;
  std::vector<std::unique_ptr<lane>> lanes_;
  bool usable_ = true;
};

} // namespace gantry::bench
