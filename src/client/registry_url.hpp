// The address of a registry or of a token server.
#pragma once

#include "domain/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::client {

/// An absolute `http` or `https` URL: a server, and what to request from it.
struct web_url {
  /// Errors: request_invalid (the scheme is neither http nor https, the host is missing, the port
  /// is not in 1…65535, or there is a user or a fragment).
  static result<web_url> parse(std::string_view text);

  /// True for `https`.
  bool secure = false;
  /// An IPv6 address has no brackets here.
  std::string host;
  std::uint16_t port = 80;
  /// Host and port as written in the URL: the value of the Host field.
  std::string authority;
  /// Path and query. Empty, or starts with a slash or a question mark.
  std::string target;
};

/// The URL of a registry: `http[s]://HOST[:PORT][/PREFIX]`.
class registry_url {
public:
  /// Errors: request_invalid (`web_url::parse` refuses the text, or it has a query).
  static result<registry_url> parse(std::string_view text);

  const std::string& host() const noexcept { return url_.host; }
  std::uint16_t port() const noexcept { return url_.port; }
  const std::string& authority() const noexcept { return url_.authority; }
  bool secure() const noexcept { return url_.secure; }
  /// The path that precedes `/v2/`. Empty, or starts with a slash and does not end with one.
  const std::string& prefix() const noexcept { return url_.target; }
  std::string to_string() const {
    return (url_.secure ? "https://" : "http://") + url_.authority + url_.target;
  }

private:
  explicit registry_url(web_url url) : url_{std::move(url)} {}

  web_url url_;
};

} // namespace gantry::client
