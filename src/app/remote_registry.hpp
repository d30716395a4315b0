// A running registry that a command asks or changes.
#pragma once

#include "client/registry_probe.hpp"
#include "client/registry_site.hpp"
#include "client/tls.hpp"

#include <boost/beast/http/verb.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::app {

struct remote_options {
  /// `http[s]://HOST[:PORT][/PREFIX]`.
  std::string url = "http://127.0.0.1:4775";
  /// `NAME:PASSWORD`. Empty: what docker's configuration holds for the host.
  std::string user = {};
  /// Which certificates are accepted, if the URL begins with https.
  client::tls_settings tls = {};
};

struct remote_answer {
  unsigned status = 0;
  std::string body;
  /// The path of the next page, below the registry's prefix; empty if there is none.
  std::string next;
};

/// Blocks the calling thread.
class remote_registry {
public:
  /// Looks for it. Throws std::invalid_argument for options that are none, and std::runtime_error,
  /// with one line that says what is wrong.
  explicit remote_registry(const remote_options& options);

  /// Requests `path`, below the registry's prefix. Throws std::runtime_error if no answer comes in
  /// `patience`, and for one that is no success, with the registry's own words.
  remote_answer ask(boost::beast::http::verb method, std::string_view path,
                    std::string_view body = {},
                    std::chrono::milliseconds patience = client::probe_settings{}.timeout);

private:
  client::registry_site site_;
};

} // namespace gantry::app
