// Logs clients in by the passwords of an htpasswd file.
#pragma once

#include "auth/failed_logins.hpp"
#include "auth/htpasswd.hpp"
#include "auth/outcome.hpp"
#include "auth/schemes.hpp"
#include "auth/verified_passwords.hpp"
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
#include <unordered_map>
#include <vector>

namespace gantry::auth {

/// Thread-safe. The file is read again when it changes, which is looked at once per second at most.
/// As long as it is absent or unreadable, all are refused.
class password_login {
public:
  using clock = std::chrono::steady_clock;
  /// Passwords that may be checked or wait for that.
  static constexpr std::size_t max_waiting = 64;

  /// `now` is called on any thread.
  explicit password_login(std::filesystem::path file,
                          std::function<clock::time_point()> now = clock::now);
  /// Waits for the checks that have begun.
  ~password_login();

  /// Decides if that is possible without hashing. `address` is the client's, without its port.
  std::optional<outcome> decide(const credentials& who, std::string_view address);
  /// Hashes the password, once for all that send the same at the same time. Precondition: `decide`
  /// did not.
  void check(credentials who, std::string address, completion done);

  /// Whether the user still has the password that `proof::text` was made from.
  bool holds(std::string_view user, std::string_view proof);
  /// Grows whenever the file has changed.
  std::uint64_t generation();

  /// Passwords hashed so far.
  std::uint64_t hashed() const noexcept { return hashed_; }

private:
  using fingerprint = verified_passwords::fingerprint;
  /// A request that waits for a check.
  struct waiter {
    std::string address;
    completion done;
  };

  void look_if_due();
  std::shared_ptr<const htpasswd> users();
  void reread() GANTRY_REQUIRES(mutex_);
  void verify(const credentials& who, const fingerprint& known);

  const std::function<clock::time_point()> now_;
  verified_passwords verified_;
  failed_logins failures_;
  std::atomic<std::uint64_t> hashed_{0};
  mutex mutex_;
  /// The checks that have begun, and who waits for each.
  std::unordered_map<fingerprint, std::vector<waiter>> checks_ GANTRY_GUARDED_BY(mutex_);
  watched_file file_ GANTRY_GUARDED_BY(mutex_);
  /// Replaced under the mutex.
  current<htpasswd> users_;
  std::atomic<std::uint64_t> generation_{0};
  once_per looks_;
  /// Last, so that its threads end first.
  worker_pool workers_{2};
};

} // namespace gantry::auth
