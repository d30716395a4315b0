// Finds a registry and its authentication requirements.
#pragma once

#include "client/registry_site.hpp"
#include "client/registry_url.hpp"
#include "client/tls.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace gantry::client {

struct probe_settings {
  /// For each address and each request.
  std::chrono::milliseconds timeout{5000};
  tls_settings tls = {};
  std::optional<credentials> who = {};
  /// The field User-Agent.
  std::string user_agent = "gantry";
};

/// Why no registry can be used.
class probe_error : public std::runtime_error {
public:
  enum class reason : std::uint8_t {
    /// No address answers like a registry.
    unreachable,
    /// The certificate of the server is not accepted.
    certificate,
    /// The registry asks for a password, and none was given.
    no_credentials,
    /// The registry or its token server refuses the credentials.
    refused
  };

  probe_error(reason why, const std::string& message) : std::runtime_error{message}, why_{why} {}
  reason why() const noexcept { return why_; }

private:
  reason why_;
};

/// Requests `/v2/` from each address of the host until one answers like a registry: with 200, or
/// with a 401 that says how to authenticate. Tries the credentials out. Blocks the calling thread.
/// Throws probe_error; std::runtime_error if the certificates of the settings cannot be read.
registry_site find_registry(const registry_url& url, const probe_settings& settings);

/// The same for a command: the text of the std::runtime_error that it throws also names the option
/// that helps, of those that commands have for registries: `--ca`, `--insecure` and `--user`.
registry_site find_registry_for_user(const registry_url& url, const probe_settings& settings);

} // namespace gantry::client
