// Says for one client who it is, as a registry wants it.
#pragma once

#include "bench/access_rules.hpp"
#include "bench/client_connection.hpp"
#include "bench/recorder.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::bench {

/// Fetches the client's tokens, on a connection of its own, and keeps them until shortly before
/// they expire. Belongs to the thread of its `io_context`; several requests may ask at a time.
class authorizer {
public:
  /// `prefix` ends with `/v2/`. `entries`, which outlives it, is told of each token that is
  /// fetched.
  authorizer(boost::asio::io_context& context, access_rules how, std::string prefix,
             std::chrono::milliseconds timeout, recorder& entries);

  /// The Authorization of a request to `target`, which outlives that. Empty where no token is to be
  /// had: `fault` says why, and the entries do.
  boost::asio::awaitable<std::string> authorize(std::string_view target);

  /// Takes note of an answer 401 to a request that said `authorization`: the next one asks for a
  /// new token, also for the scopes that `challenges` names. False where that is no use.
  bool refused(std::string_view target, std::string_view authorization,
               std::string_view challenges);

  /// What is wrong with the last answer of the token server: "status_401", "no_token", …
  const std::string& fault() const noexcept { return fault_; }

  void check_deadline(steady_clock::time_point now) { connection_.check_deadline(now); }
  void abort() { connection_.abort(); }

private:
  /// What is known of a repository.
  struct grant {
    /// What tokens are asked for: first to pull from it and push to it.
    std::vector<std::string> scopes;
    /// `Bearer …`; empty: none.
    std::string authorization;
    steady_clock::time_point use_until{};
  };

  const std::string& repository_of(std::string_view target);
  grant& grant_of(const std::string& repository);
  boost::asio::awaitable<void> fetch(const std::string& repository);

  access_rules how_;
  std::string prefix_;
  recorder& entries_;
  client_connection connection_;
  std::string basic_;
  std::map<std::string, grant, std::less<>> grants_;
  /// What leads elsewhere than below `/v2/` belongs to the repository that was asked for last.
  std::string last_repository_;
  std::string fault_;
  /// One token is fetched at a time. Others wait for the timer, which never expires.
  bool fetching_ = false;
  boost::asio::steady_timer fetched_;
};

} // namespace gantry::bench
