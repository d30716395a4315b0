// Which certificates of clients a TLS server accepts.
#pragma once

#include "base/openssl_handle.hpp"
#include "net/peer_certificate.hpp"
#include "net/tls_options.hpp"
#include "net/transport.hpp"

#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gantry::net {

/// Immutable, apart from OpenSSL's counts of references. Thread-safe.
///
/// A certificate counts if it leads to one of the authorities, at most `max_intermediates` between
/// them, and is for clients (clientAuth). Nothing is asked over the network. A session resumes only
/// under the same authorities and the same rule, and not beyond the validity of the certificates
/// with which it began.
class client_authorities {
public:
  using clock = std::chrono::system_clock;
  static constexpr int max_intermediates = 4;

  /// Reads the files. `now` is called on any thread. Throws std::runtime_error that names the file
  /// and says what is wrong with it.
  client_authorities(const std::vector<std::string>& files, client_certificates asked,
                     std::function<clock::time_point()> now);
  client_authorities(const client_authorities&) = delete;
  client_authorities& operator=(const client_authorities&) = delete;

  /// Connections of `context`, which this object outlives, ask for certificates.
  void set_rules(SSL_CTX* context) const;
  /// A new connection of such a context begins now.
  void begin(SSL* connection) const;

  /// What does not prevent serving: an authority that is no longer valid.
  const std::vector<std::string>& complaints() const noexcept { return complaints_; }

private:
  using authority = openssl_handle<X509, ::X509_free>;
  using store = openssl_handle<X509_STORE, ::X509_STORE_free>;
  using fingerprint = std::array<unsigned char, 32>;

  void look_at(const std::string& file, const X509* own);
  fingerprint realm_of(client_certificates asked) const;
  static int note_validity(SSL* connection, void* self);
  static SSL_TICKET_RETURN judge_ticket(SSL* connection, SSL_SESSION* session,
                                        const unsigned char* key_name, std::size_t name_size,
                                        SSL_TICKET_STATUS found, void* self);

  const client_certificates asked_;
  const std::function<clock::time_point()> now_;
  std::vector<authority> authorities_;
  std::vector<std::string> complaints_;
  store store_;
  fingerprint realm_;
};

/// The client's certificate, which was verified; null without one. Precondition: the handshake is
/// over.
std::unique_ptr<const peer_certificate> certificate_of(SSL* connection);

/// Why the client's certificate was refused by a handshake that failed; no error if it failed for
/// another reason. Precondition: OpenSSL's queue of errors is that of the failure.
error_code certificate_refusal(const SSL* connection);

} // namespace gantry::net
