// TLS as a client: whose certificates are accepted.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace gantry::bench {

struct tls_settings {
  /// A file of certificates (PEM) that are trusted instead of the system's; empty: the system's.
  std::string authorities;
  /// Off: any certificate is accepted, whoever issued it and for whatever host.
  bool verify = true;
};

/// For all connections of a run. Throws std::runtime_error where the file of certificates cannot be
/// read.
std::shared_ptr<boost::asio::ssl::context> make_tls(const tls_settings& settings);

} // namespace gantry::bench
