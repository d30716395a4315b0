// Slows down those who guess passwords.
#pragma once

#include "base/mutex.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace gantry::auth {

/// Counts failures of a user at an address. After some, each further try has to wait, twice as long
/// as the one before. Thread-safe.
class failed_logins {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Failures without a wait: a client that learns a new password may send the old one a few times.
  static constexpr unsigned free_failures = 5;
  static constexpr std::chrono::seconds longest_wait{60};
  /// Failures are forgotten after this time without another one.
  static constexpr std::chrono::minutes memory{15};
  /// The one that failed least recently is forgotten when there are more.
  static constexpr std::size_t max_entries = 10'000;

  /// How long the next try has to wait; zero if it may be made now.
  std::chrono::seconds wait_of(const std::string& who, time_point now) const;
  void add(const std::string& who, time_point now);
  void forgive(const std::string& who);
  void clear();

private:
  struct entry {
    unsigned failures = 0;
    time_point last;
  };

  mutable mutex mutex_;
  std::map<std::string, entry> entries_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::auth
