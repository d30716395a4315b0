// Provides the Authorization of each request to one registry.
#pragma once

#include "client/access_rules.hpp"
#include "client/connection.hpp"
#include "client/targets.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::client {

/// Fetches tokens over a connection of its own, one per repository, and renews them shortly before
/// they expire. Belongs to the thread of its `io_context`; connections of that thread may share it
/// and call it at the same time.
class authorizer {
public:
  /// Called after each request to the token server with the time when it began and what went wrong:
  /// "status_401", "no_token" (the response holds none), a name of an error, or nothing.
  using fetch_observer =
    std::function<void(steady_clock::time_point begun, const std::string& fault)>;

  authorizer(boost::asio::io_context& context, access_rules rules, registry_targets targets,
             const connection_settings& settings);

  void observe(fetch_observer observer) { observer_ = std::move(observer); }

  /// The Authorization of a request to `target`, which outlives the call. Empty if the token server
  /// issues no token: `fault` says why.
  boost::asio::awaitable<std::string> authorize(std::string_view target);

  /// Call after a 401 response to a request with this `authorization`. The next request gets a new
  /// token that includes the scopes of `challenges`. Returns false if a new token would not help
  /// because the registry requires a password.
  bool refused(std::string_view target, std::string_view authorization,
               std::string_view challenges);

  /// What went wrong with the last request to the token server; empty if nothing.
  const std::string& fault() const noexcept { return fault_; }

  void check_deadline(steady_clock::time_point now) { connection_.check_deadline(now); }
  void abort() { connection_.abort(); }

private:
  /// The token of one repository.
  struct grant {
    /// What the token is requested for. The first scope: to pull from the repository and push to
    /// it.
    std::vector<std::string> scopes;
    /// `Bearer …`. Empty: there is no token.
    std::string authorization;
    steady_clock::time_point use_until{};
  };

  const std::string& repository_of(std::string_view target);
  grant& grant_of(const std::string& repository);
  boost::asio::awaitable<void> fetch(const std::string& repository);

  access_rules rules_;
  registry_targets targets_;
  connection connection_;
  fetch_observer observer_;
  /// Empty without a password.
  std::string basic_;
  std::map<std::string, grant, std::less<>> grants_;
  /// A target outside of `/v2/`, such as the Location of an upload, belongs to the repository of
  /// the request before.
  std::string last_repository_;
  std::string fault_;
  /// One token is fetched at a time. Other requests wait for the timer, which never expires, to be
  /// cancelled.
  bool fetching_ = false;
  boost::asio::steady_timer fetched_;
};

} // namespace gantry::client
