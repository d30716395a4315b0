// TLS on the client's side: which certificates are accepted.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace gantry::client {

struct tls_settings {
  /// A file of certificates (PEM) to trust instead of the system's. Empty: trust the system's.
  std::string authorities;
  /// False: accept any certificate, whatever its issuer and its host.
  bool verify = true;
};

/// The context that all connections with these settings share. Throws std::runtime_error if the
/// certificates cannot be read.
std::shared_ptr<boost::asio::ssl::context> make_tls(const tls_settings& settings);

} // namespace gantry::client
