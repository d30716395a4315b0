#include "support/tls_client.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gantry::test {

namespace {

constexpr int patience = 20'000; // ms

std::string in_alpn_form(const std::vector<std::string>& protocols) {
  std::string list;
  for (const auto& each : protocols)
    list.append(1, static_cast<char>(each.size())).append(each);
  return list;
}

[[noreturn]] void fail() {
  const auto* const why = ::ERR_reason_error_string(::ERR_peek_error());
  std::string text = why ? why : "the connection ended";
  ::ERR_clear_error();
  throw http_failure{"TLS: " + text};
}

struct freed_bio {
  void operator()(BIO* doomed) const noexcept { ::BIO_free_all(doomed); }
};

std::unique_ptr<BIO, freed_bio> reader(const std::string& pem) {
  return std::unique_ptr<BIO, freed_bio>{
    ::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
}

/// Whatever the server says it accepts.
void use(SSL_CTX* context, const certificate& own) {
  const auto chain = reader(own.text);
  X509* first = ::PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr);
  ::SSL_CTX_use_certificate(context, first);
  ::X509_free(first);
  while (X509* next = ::PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr))
    ::SSL_CTX_add0_chain_cert(context, next);
  const auto secret = reader(own.key);
  EVP_PKEY* key = ::PEM_read_bio_PrivateKey(secret.get(), nullptr, nullptr, nullptr);
  ::SSL_CTX_use_PrivateKey(context, key);
  ::EVP_PKEY_free(key);
  ::ERR_clear_error(); // of the end of the chain
}

/// Unlike OpenSSL's own, which uses write(2), it raises no SIGPIPE if the server has closed.
int send_quietly(BIO* bio, const char* bytes, int size) {
  int socket = -1;
  BIO_get_fd(bio, &socket);
  ::BIO_clear_retry_flags(bio);
  const auto sent =
    static_cast<int>(::send(socket, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL));
  if (sent <= 0 && ::BIO_sock_should_retry(sent) == 1)
    ::BIO_set_retry_write(bio);
  return sent;
}

BIO* make_bio(int socket) {
  static const auto* const method = [] {
    const auto* const usual = ::BIO_s_socket();
    auto* const own = ::BIO_meth_new(BIO_TYPE_SOCKET, "quiet socket");
    ::BIO_meth_set_create(own, ::BIO_meth_get_create(usual));
    ::BIO_meth_set_destroy(own, ::BIO_meth_get_destroy(usual));
    ::BIO_meth_set_ctrl(own, ::BIO_meth_get_ctrl(usual));
    ::BIO_meth_set_read(own, ::BIO_meth_get_read(usual));
    ::BIO_meth_set_write(own, send_quietly);
    return own;
  }();
  auto* const made = ::BIO_new(method);
  BIO_set_fd(made, socket, BIO_NOCLOSE);
  return made;
}

int keep_ticket(SSL* ssl, SSL_SESSION* fresh) {
  auto& kept = *static_cast<std::vector<tls_ticket>*>(SSL_get_app_data(ssl));
  kept.emplace_back(fresh, ::SSL_SESSION_free);
  return 1;
}

} // namespace

tls_layer::tls_layer(int socket, const tls_wishes& wishes)
  : socket_{socket}, context_{::SSL_CTX_new(::TLS_client_method())} {
  // Tickets outlive the context, whose own cache would spoil them at its end.
  ::SSL_CTX_set_session_cache_mode(context_.get(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  ::SSL_CTX_sess_set_new_cb(context_.get(), keep_ticket);
  ::SSL_CTX_set_mode(context_.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (wishes.newest != 0) {
    ::SSL_CTX_set_security_level(context_.get(), 0);
    ::SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    ::SSL_CTX_set_max_proto_version(context_.get(), wishes.newest);
  }
  if (!wishes.ciphers.empty())
    ::SSL_CTX_set_cipher_list(context_.get(), wishes.ciphers.c_str());
  const auto protocols = in_alpn_form(wishes.protocols);
  if (!protocols.empty())
    ::SSL_CTX_set_alpn_protos(context_.get(),
                              reinterpret_cast<const unsigned char*>(protocols.data()),
                              static_cast<unsigned>(protocols.size()));
  if (!wishes.shows.text.empty())
    use(context_.get(), wishes.shows);
  ssl_.reset(::SSL_new(context_.get()));
  SSL_set_app_data(ssl_.get(), &tickets_);
  if (!wishes.host.empty())
    SSL_set_tlsext_host_name(ssl_.get(), wishes.host.c_str());
  if (wishes.resumes)
    ::SSL_set_session(ssl_.get(), wishes.resumes.get());
  auto* const bio = make_bio(socket);
  ::SSL_set_bio(ssl_.get(), bio, bio);
  ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
  shake_hands();
}

void tls_layer::shake_hands() {
  ::ERR_clear_error();
  for (int done = 0; (done = ::SSL_connect(ssl_.get())) != 1;) {
    const auto kind = ::SSL_get_error(ssl_.get(), done);
    const auto events = kind == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    pollfd state{socket_, static_cast<short>(events), 0};
    if ((kind != SSL_ERROR_WANT_READ && kind != SSL_ERROR_WANT_WRITE) ||
        ::poll(&state, 1, patience) <= 0)
      fail();
  }
}

std::ptrdiff_t tls_layer::outcome(int result, std::size_t size) {
  if (result == 1)
    return static_cast<std::ptrdiff_t>(size);
  const int code = errno;
  const auto kind = ::SSL_get_error(ssl_.get(), result);
  ::ERR_clear_error();
  if (kind == SSL_ERROR_ZERO_RETURN)
    return 0;
  // After a failure OpenSSL says that it waits, and would for ever.
  const bool waits = (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) && !has_failed_;
  has_failed_ = !waits;
  errno = waits ? EAGAIN : kind == SSL_ERROR_SYSCALL && code != 0 ? code : EPROTO;
  return -1;
}

std::ptrdiff_t tls_layer::receive(char* space, std::size_t size) {
  std::size_t got = 0;
  errno = 0;
  const auto done = ::SSL_read_ex(ssl_.get(), space, size, &got);
  return outcome(done, got);
}

std::ptrdiff_t tls_layer::send(const char* bytes, std::size_t size) {
  std::size_t sent = 0;
  errno = 0;
  const auto done = ::SSL_write_ex(ssl_.get(), bytes, size, &sent);
  return outcome(done, sent);
}

std::string tls_layer::protocol() const {
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  ::SSL_get0_alpn_selected(ssl_.get(), &chosen, &size);
  return {reinterpret_cast<const char*>(chosen), size};
}

bool tls_layer::is_for(const std::string& host) const {
  return ::X509_check_host(::SSL_get0_peer_certificate(ssl_.get()), host.c_str(), host.size(), 0,
                           nullptr) == 1;
}

tls_layer& secure(http_connection& connection, const tls_wishes& wishes) {
  auto made = std::make_unique<tls_layer>(connection.descriptor(), wishes);
  auto& layer = *made;
  connection.put_through(std::move(made));
  return layer;
}

} // namespace gantry::test
