// Where a registry is, and the targets of requests to it.
#pragma once

#include "domain/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::bench {

/// `http://HOST[:PORT][/PREFIX]`.
class registry_url {
public:
  /// Errors: request_invalid (another scheme than http, no host, no port from 1 to 65535, a query
  /// or a fragment).
  static result<registry_url> parse(std::string_view text);

  /// Without the brackets of an IPv6 address.
  const std::string& host() const noexcept { return host_; }
  std::uint16_t port() const noexcept { return port_; }
  /// What the Host field says.
  const std::string& authority() const noexcept { return authority_; }
  /// In front of every path; empty, or with a slash at the beginning and none at the end.
  const std::string& prefix() const noexcept { return prefix_; }
  std::string to_string() const { return "http://" + authority_ + prefix_; }

private:
  registry_url() = default;

  std::string host_;
  std::uint16_t port_ = 80;
  std::string authority_;
  std::string prefix_;
};

/// Path and query that a Location leads to from `request_target`, be it absolute or relative
/// (RFC 9110, 10.2.2). The host of an absolute one is passed over: a registry behind a proxy may
/// know itself by another name. Nothing where it is empty or no http(s) URL.
std::optional<std::string> resolve_location(std::string_view location,
                                            std::string_view request_target);

/// `target` with `KEY=DIGEST` at the end of its query, as clients write it: the colon escaped.
std::string with_digest(std::string_view target, std::string_view digest,
                        std::string_view key = "digest");

} // namespace gantry::bench
