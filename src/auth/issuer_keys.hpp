// The public keys of an issuer: from files, which are read again when they change, and from a URL,
// which is fetched again now and then.
#pragma once

#include "auth/fetcher.hpp"
#include "auth/issuer.hpp"
#include "auth/watched_file.hpp"
#include "base/mutex.hpp"
#include "jose/key_set.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::auth {

/// Thread-safe. What may fetch blocks for as long as that takes: not for threads that serve
/// connections.
class issuer_keys {
public:
  using clock = std::chrono::steady_clock;

  /// How often files are looked at.
  static constexpr std::chrono::seconds look_interval{1};
  /// How old fetched keys become before they are fetched again.
  static constexpr std::chrono::hours fresh{1};
  /// They do not count any longer if they could not be fetched again for so long: a key that its
  /// issuer has given up must end.
  static constexpr std::chrono::hours stale{24};
  /// The shortest time between two fetches.
  static constexpr std::chrono::seconds pause{30};

  /// `issuer` names it in logs. `fetch` may be empty if there is no URL. `on_change` is called,
  /// under a lock, when the keys have become others.
  issuer_keys(
    std::string issuer, key_places from, fetcher fetch,
    std::function<clock::time_point()> now = clock::now, std::function<void()> on_change = [] {});

  /// The keys, perhaps none. May fetch. The log says what cannot be read or fetched.
  std::shared_ptr<const jose::key_set> take();
  /// Fetches again if the last fetch is long enough ago, because a token names a key that is not
  /// known. Returns whether the keys may be others now.
  bool refresh();
  /// Looks at the files if it is time to, and fetches nothing.
  void look();

private:
  using key_reader = jose::outcome<jose::read_keys> (*)(std::string_view document);

  void look_if_due(clock::time_point now) GANTRY_REQUIRES(mutex_);
  void read_all(std::vector<watched_file>& files, key_reader read) GANTRY_REQUIRES(mutex_);
  bool fetch(clock::time_point now) GANTRY_REQUIRES(fetching_);
  void replace_fetched(jose::key_set keys);
  fetched_text fetch_key_set() const;
  void add(const std::string& place, const jose::outcome<jose::read_keys>& read)
    GANTRY_REQUIRES(mutex_);
  void join() GANTRY_REQUIRES(mutex_);
  void complain(const std::string& place, const std::string& why) const;

  const std::string issuer_;
  const std::string url_;
  const std::string authorities_;
  const fetcher fetch_;
  const std::function<clock::time_point()> now_;
  const std::function<void()> on_change_;
  /// Held during a fetch: others who need the keys wait for it.
  mutex fetching_;
  /// The text that `of_url_` was read from.
  std::string document_ GANTRY_GUARDED_BY(fetching_);
  std::optional<clock::time_point> tried_ GANTRY_GUARDED_BY(fetching_);
  std::optional<clock::time_point> fetched_ GANTRY_GUARDED_BY(fetching_);
  /// Never held for long; taken after `fetching_`.
  mutex mutex_;
  std::vector<watched_file> jwk_sets_ GANTRY_GUARDED_BY(mutex_);
  std::vector<watched_file> bundles_ GANTRY_GUARDED_BY(mutex_);
  clock::time_point look_at_ GANTRY_GUARDED_BY(mutex_){};
  jose::key_set of_files_ GANTRY_GUARDED_BY(mutex_);
  jose::key_set of_url_ GANTRY_GUARDED_BY(mutex_);
  std::shared_ptr<const jose::key_set> keys_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::auth
