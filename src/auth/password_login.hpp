// Logs clients in by the passwords of an htpasswd file.
#pragma once

#include "auth/access_tokens.hpp"
#include "auth/basic.hpp"
#include "auth/failed_logins.hpp"
#include "auth/htpasswd.hpp"
#include "auth/verified_passwords.hpp"
#include "auth/watched_file.hpp"
#include "base/mutex.hpp"
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

namespace gantry::auth {

enum class verdict : std::uint8_t {
  accepted,
  refused,
  /// Too many failures, or too many passwords to check: try again later.
  delayed,
};

struct outcome {
  verdict is = verdict::refused;
  /// For `delayed`.
  std::chrono::seconds wait{1};
};

/// Thread-safe. The file is read again when it changes, which is looked at once per second at most.
/// As long as it is absent or unreadable, all are refused.
class password_login {
public:
  using clock = std::chrono::steady_clock;
  /// Called on a thread of this object.
  using completion = std::function<void(outcome)>;

  /// Passwords that may wait for a check.
  static constexpr std::size_t max_waiting = 64;

  /// `now` is called on any thread.
  password_login(std::filesystem::path file, std::string realm,
                 std::function<clock::time_point()> now = clock::now);
  /// Waits for the checks that have begun.
  ~password_login();

  /// The value of WWW-Authenticate.
  const std::string& challenge() const noexcept { return challenge_; }

  /// Decides if that is possible without hashing. `address` is the client's, without its port.
  std::optional<outcome> decide(const credentials& who, std::string_view address);
  /// Hashes the password. Precondition: `decide` did not.
  void check(credentials who, std::string address, completion done);

  /// A token for a user who has logged in, or for an anonymous client, whose name is empty.
  std::string token_for(std::string_view user);
  /// The user of a token; absent if it counts no more: see `access_tokens`.
  std::optional<std::string> user_of(std::string_view token);

private:
  std::shared_ptr<const htpasswd> users();
  std::optional<std::string> proof_of(std::string_view user);
  void reread() GANTRY_REQUIRES(mutex_);
  outcome verify(const credentials& who, const std::string& address);

  const std::string challenge_;
  const std::function<clock::time_point()> now_;
  verified_passwords verified_;
  failed_logins failures_;
  const access_tokens tokens_;
  std::atomic<std::size_t> waiting_{0};
  mutex mutex_;
  watched_file file_ GANTRY_GUARDED_BY(mutex_);
  clock::time_point look_at_ GANTRY_GUARDED_BY(mutex_){};
  std::shared_ptr<const htpasswd> users_ GANTRY_GUARDED_BY(mutex_);
  /// Last, so that its threads end first.
  worker_pool workers_{2};
};

} // namespace gantry::auth
