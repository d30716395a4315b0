// Verifies tokens that others have issued: token services, and the identities of workloads.
#pragma once

#include "auth/issuer.hpp"
#include "auth/issuer_keys.hpp"
#include "auth/outcome.hpp"
#include "auth/watched_file.hpp"
#include "base/current.hpp"
#include "base/mutex.hpp"
#include "base/once_per.hpp"
#include "base/worker_pool.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::jose {
struct token;
} // namespace gantry::jose

namespace gantry::auth {

/// Thread-safe.
class trusted_issuers {
public:
  using clock = std::chrono::steady_clock;
  using wall_clock = std::chrono::system_clock;

  /// Tokens that may wait to be verified.
  static constexpr std::size_t max_waiting = 64;

  struct sources {
    /// Issuers of the configuration.
    std::vector<issuer> fixed = {};
    /// A file of more (`read_issuers`), looked at once per second at most; empty for none. If it
    /// changes and is broken, or is gone, the issuers of before stay.
    std::filesystem::path file = {};
    fetcher fetch = {};
  };

  /// `now` and `today` are called on any thread. Throws std::runtime_error, with the file and its
  /// mistake, if that is broken.
  explicit trusted_issuers(sources from, std::function<clock::time_point()> now = clock::now,
                           std::function<wall_clock::time_point()> today = wall_clock::now);
  /// Waits for the verifications that have begun.
  ~trusted_issuers();

  /// Whether the text looks like a token of these, genuine or not.
  static bool could_be_token(std::string_view text) noexcept;

  /// Refuses or accepts a token on another thread, or says at once that too many wait.
  void check(std::string token, completion done);
  /// The same on this thread. May block: see `issuer_keys`.
  outcome verify(std::string_view token);
  /// Grows whenever issuers or keys have changed: what was verified before must be verified again.
  /// Looks at the files, and fetches nothing.
  std::uint64_t generation();

private:
  struct entry {
    issuer known;
    std::shared_ptr<issuer_keys> keys;
  };
  using entries = std::vector<entry>;

  void look_if_due();
  void look_at_keys();
  std::shared_ptr<const entries> take();
  /// Throws std::runtime_error, and changes nothing then.
  void load() GANTRY_REQUIRES(mutex_);
  void reread() GANTRY_REQUIRES(mutex_);
  entries with(std::vector<issuer> all);
  outcome verify_by(const entry& from, const jose::token& sent);

  const std::vector<issuer> fixed_;
  const fetcher fetch_;
  const std::function<clock::time_point()> now_;
  const std::function<wall_clock::time_point()> today_;
  mutex mutex_;
  std::optional<watched_file> file_ GANTRY_GUARDED_BY(mutex_);
  std::string complaint_ GANTRY_GUARDED_BY(mutex_);
  current<entries> entries_;
  once_per looks_;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::size_t> waiting_{0};
  /// Last, so that its threads end first.
  worker_pool workers_{2};
};

} // namespace gantry::auth
