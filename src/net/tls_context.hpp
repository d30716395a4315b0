// Certificates and rules of a TLS server, as OpenSSL takes them.
#pragma once

#include "base/openssl_handle.hpp"
#include "net/client_authorities.hpp"
#include "net/ticket_keys.hpp"
#include "net/tls_options.hpp"

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gantry::net {

using ssl_handle = openssl_handle<SSL, ::SSL_free>;

/// Immutable, apart from OpenSSL's counts of references. Thread-safe. Connections that have begun
/// keep it alive.
class tls_context {
public:
  /// Reads the files. Throws std::runtime_error that names the file and says what is wrong with it,
  /// and std::invalid_argument for other options. Precondition: at least one certificate.
  /// `now` is called on any thread.
  tls_context(
    const tls_options& options, std::shared_ptr<ticket_keys> tickets,
    std::function<client_authorities::clock::time_point()> now = client_authorities::clock::now);
  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

  /// The server's end of a new connection. Throws std::bad_alloc.
  ssl_handle connect() const;

  /// What does not prevent serving: a certificate that is no longer or not yet valid.
  const std::vector<std::string>& complaints() const noexcept { return complaints_; }

private:
  using ctx_handle = openssl_handle<SSL_CTX, ::SSL_CTX_free>;

  ctx_handle make(const certificate_files& files, const tls_options& options);
  void look_at(const std::string& file, const X509* certificate);
  static int choose(SSL* connection, int* alert, void* self);
  static int protect_ticket(SSL* connection, unsigned char* key_name, unsigned char* vector,
                            EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int encrypts);

  const std::shared_ptr<ticket_keys> tickets_;
  /// Null if clients are not asked for certificates.
  const std::unique_ptr<const client_authorities> clients_;
  std::vector<std::string> complaints_;
  /// One per certificate; connections begin with the first.
  std::vector<ctx_handle> contexts_;
};

} // namespace gantry::net
