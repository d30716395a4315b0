// Where a registry is, and the targets of requests to it.
#pragma once

#include "domain/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::bench {

/// `http://HOST[:PORT]` or `https://HOST[:PORT]`, and what to ask for there.
struct web_url {
  /// Errors: request_invalid (another scheme than http and https, no host, no port from 1 to 65535,
  /// a user, a fragment).
  static result<web_url> parse(std::string_view text);

  /// Whether TLS is spoken.
  bool secure = false;
  /// Without the brackets of an IPv6 address.
  std::string host;
  std::uint16_t port = 80;
  /// What the Host field says.
  std::string authority;
  /// Path and query; empty, or with a slash or a question mark at the beginning.
  std::string target;
};

/// `http[s]://HOST[:PORT][/PREFIX]`.
class registry_url {
public:
  /// Errors: request_invalid (what `web_url::parse` refuses, and a query).
  static result<registry_url> parse(std::string_view text);

  const std::string& host() const noexcept { return url_.host; }
  std::uint16_t port() const noexcept { return url_.port; }
  const std::string& authority() const noexcept { return url_.authority; }
  bool secure() const noexcept { return url_.secure; }
  /// In front of every path; empty, or with a slash at the beginning and none at the end.
  const std::string& prefix() const noexcept { return url_.target; }
  const web_url& url() const noexcept { return url_; }
  std::string to_string() const {
    return (url_.secure ? "https://" : "http://") + url_.authority + url_.target;
  }

private:
  explicit registry_url(web_url url) : url_{std::move(url)} {}

  web_url url_;
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
