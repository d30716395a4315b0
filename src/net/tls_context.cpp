#include "net/tls_context.hpp"

#include "net/cipher_suites.hpp"
#include "net/pem_files.hpp"

#include <openssl/x509v3.h>

#include <cassert>
#include <new>
#include <stdexcept>
#include <utility>

namespace gantry::net {

namespace {

/// ALPN's form: a length and a name.
constexpr unsigned char http_1_1[] = "\x08http/1.1";
constexpr unsigned int http_1_1_size = sizeof http_1_1 - 1;

void demand(bool done) {
  if (!done)
    throw std::runtime_error{"OpenSSL refuses the settings of TLS"};
}

/// A client that speaks something else, such as HTTP/2 alone, is told so (RFC 7301, 3.2).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* found = nullptr;
  if (::SSL_select_next_proto(&found, size, http_1_1, http_1_1_size, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

void set_rules(SSL_CTX* made, const tls_options& options) {
  const auto lists = lists_of(options.cipher_suites);
  const bool only_1_3 = options.minimum == tls_version::tls1_3 || lists.ciphers.empty();
  demand(::SSL_CTX_set_min_proto_version(made, only_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION) == 1 &&
         ::SSL_CTX_set_ciphersuites(made, lists.suites.c_str()) == 1 &&
         (lists.ciphers.empty() || ::SSL_CTX_set_cipher_list(made, lists.ciphers.c_str()) == 1));
  ::SSL_CTX_set_options(made, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // An idle connection holds no buffers.
  ::SSL_CTX_set_mode(made, SSL_MODE_RELEASE_BUFFERS);
  ::SSL_CTX_set_read_ahead(made, 1);
  ::SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
  constexpr unsigned char realm[] = "gantry";
  demand(::SSL_CTX_set_session_id_context(made, realm, sizeof realm - 1) == 1 &&
         // One is enough to resume: a client that resumes gets another.
         ::SSL_CTX_set_num_tickets(made, 1) == 1);
  ::SSL_CTX_set_alpn_select_cb(made, choose_protocol, nullptr);
}

std::unique_ptr<const client_authorities>
read_clients(const tls_options& options,
             std::function<client_authorities::clock::time_point()> now) {
  if (options.client_authorities.empty())
    return nullptr;
  return std::make_unique<const client_authorities>(options.client_authorities, options.clients,
                                                    std::move(now));
}

} // namespace

tls_context::tls_context(const tls_options& options, std::shared_ptr<ticket_keys> tickets,
                         std::function<client_authorities::clock::time_point()> now)
  : tickets_{std::move(tickets)}, clients_{read_clients(options, std::move(now))} {
  assert(!options.certificates.empty());
  if (clients_)
    complaints_ = clients_->complaints();
  for (const auto& files : options.certificates)
    contexts_.push_back(make(files, options));
  if (contexts_.size() == 1)
    return;
  ::SSL_CTX_set_tlsext_servername_callback(contexts_.front().get(), choose);
  ::SSL_CTX_set_tlsext_servername_arg(contexts_.front().get(), this);
}

tls_context::ctx_handle tls_context::make(const certificate_files& files,
                                          const tls_options& options) {
  ctx_handle made{::SSL_CTX_new(::TLS_server_method())};
  demand(made != nullptr);
  set_rules(made.get(), options);
  if (clients_)
    clients_->set_rules(made.get());
  use_files(made.get(), files);
  look_at(files.chain, ::SSL_CTX_get0_certificate(made.get()));
  SSL_CTX_set_app_data(made.get(), tickets_.get());
  ::SSL_CTX_set_tlsext_ticket_key_evp_cb(made.get(), protect_ticket);
  return made;
}

void tls_context::look_at(const std::string& file, const X509* certificate) {
  if (::X509_cmp_current_time(::X509_get0_notAfter(certificate)) < 0)
    complaints_.push_back(file + ": this certificate expired on " +
                          date_of(::X509_get0_notAfter(certificate)) + ", so clients refuse it");
  if (::X509_cmp_current_time(::X509_get0_notBefore(certificate)) > 0)
    complaints_.push_back(file + ": this certificate is valid from " +
                          date_of(::X509_get0_notBefore(certificate)) +
                          " on; until then clients refuse it");
}

ssl_handle tls_context::connect() const {
  ssl_handle made{::SSL_new(contexts_.front().get())};
  if (!made)
    throw std::bad_alloc{};
  ::SSL_set_accept_state(made.get());
  if (clients_)
    clients_->begin(made.get());
  return made;
}

/// The certificate for the name that the client asks for.
int tls_context::choose(SSL* connection, int*, void* self) {
  const auto* const name = ::SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
  if (!name)
    return SSL_TLSEXT_ERR_NOACK;
  for (const auto& each : static_cast<const tls_context*>(self)->contexts_) {
    auto* const certificate = ::SSL_CTX_get0_certificate(each.get());
    if (::X509_check_host(certificate, name, 0, 0, nullptr) != 1)
      continue;
    ::SSL_set_SSL_CTX(connection, each.get());
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

int tls_context::protect_ticket(SSL* connection, unsigned char* key_name, unsigned char* vector,
                                EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int encrypts) {
  auto* const context = ::SSL_get_SSL_CTX(connection);
  auto& tickets = *static_cast<ticket_keys*>(SSL_CTX_get_app_data(context));
  // The client gets another ticket. In TLS 1.3 it uses each only once (RFC 8446, C.4).
  constexpr int renewed = 2;
  if (encrypts)
    return tickets.encrypt(key_name, vector, cipher, mac) ? 1 : -1;
  switch (tickets.decrypt(key_name, vector, cipher, mac)) {
  case ticket_keys::found::unknown: return 0;
  case ticket_keys::found::current:
    return ::SSL_version(connection) >= TLS1_3_VERSION ? renewed : 1;
  case ticket_keys::found::old: return renewed;
  case ticket_keys::found::failed: return -1;
  }
  return -1;
}

} // namespace gantry::net
