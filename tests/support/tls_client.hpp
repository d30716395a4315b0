// TLS for the HTTP client of tests, with OpenSSL.
#pragma once

#include "support/http_client.hpp"
#include "support/test_certificate.hpp"

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace gantry::test {

using tls_ticket = std::shared_ptr<SSL_SESSION>;

struct tls_wishes {
  /// The name to ask for; empty for none.
  std::string host = "localhost";
  /// Offered by ALPN.
  std::vector<std::string> protocols = {};
  /// OpenSSL's numbers; 0: its defaults.
  int newest = 0;
  /// For TLS 1.2, in OpenSSL's names.
  std::string ciphers = {};
  /// A session to resume.
  tls_ticket resumes = {};
  /// What the client shows if it is asked: its certificate, followed by those above it. Empty for
  /// none.
  certificate shows = {};
};

/// One end of TLS over a connection.
class tls_layer final : public byte_layer {
public:
  /// Shakes hands. Certificates are not verified. Throws http_failure, with OpenSSL's reason, if
  /// the server refuses.
  tls_layer(int socket, const tls_wishes& wishes);

  std::ptrdiff_t receive(char* space, std::size_t size) override;
  std::ptrdiff_t send(const char* bytes, std::size_t size) override;
  bool has_pending() const override { return ::SSL_has_pending(ssl_.get()) == 1; }

  /// `TLSv1.3`.
  std::string version() const { return ::SSL_get_version(ssl_.get()); }
  std::string cipher() const { return ::SSL_get_cipher_name(ssl_.get()); }
  /// By ALPN; empty if the server chose none.
  std::string protocol() const;
  bool is_resumed() const { return ::SSL_session_reused(ssl_.get()) == 1; }
  /// Whether the server's certificate is for this host.
  bool is_for(const std::string& host) const;
  /// The number of tickets that have come.
  const std::vector<tls_ticket>& tickets() const noexcept { return tickets_; }
  /// Tells the server that nothing more is sent (close_notify).
  void say_goodbye() { ::SSL_shutdown(ssl_.get()); }
  /// Whether the server has said so, and all before that was read.
  bool has_goodbye() const { return (::SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
  SSL* handle() { return ssl_.get(); }

private:
  struct freed {
    void operator()(SSL_CTX* doomed) const noexcept { ::SSL_CTX_free(doomed); }
    void operator()(SSL* doomed) const noexcept { ::SSL_free(doomed); }
  };

  void shake_hands();
  std::ptrdiff_t outcome(int result, std::size_t size);

  int socket_;
  bool has_failed_ = false;
  std::unique_ptr<SSL_CTX, freed> context_;
  std::unique_ptr<SSL, freed> ssl_;
  std::vector<tls_ticket> tickets_;
};

/// Shakes hands on the connection, which is encrypted from now on and owns the layer.
tls_layer& secure(http_connection& connection, const tls_wishes& wishes = {});

} // namespace gantry::test
