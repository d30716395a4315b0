#include "net/client_authorities.hpp"

#include "base/timestamp.hpp"
#include "net/failure_category.hpp"
#include "net/pem_files.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

namespace gantry::net {

namespace {

using time_point = client_authorities::clock::time_point;

/// Bytes of all certificates that a client may send, before it is known who it is: some of the
/// largest that are in use.
constexpr long max_sent = 32 * 1024;

/// The number of the error for a client that has no certificate. OpenSSL's own are positive.
constexpr int is_missing = -1;

void demand(bool done) {
  if (!done)
    throw std::runtime_error{"OpenSSL refuses the authorities of clients"};
}

std::string message_of(int code) {
  return code == is_missing ? "the client has no certificate"
                            : "the client's certificate is refused: " +
                                std::string{::X509_verify_cert_error_string(code)};
}

const boost::system::error_category& refusals() noexcept {
  static constexpr failure_category made{"client certificate", message_of};
  return made;
}

/// When the first certificate of a verified chain expires.
time_point end_of(const STACK_OF(X509) * chain) {
  auto end = time_point::max();
  for (int at = 0; at < sk_X509_num(chain); ++at)
    end = std::min(end, time_of(::X509_get0_notAfter(sk_X509_value(chain, at))));
  return end;
}

using stored_time = std::int64_t;

/// What `note_validity` wrote; absent if it did not.
std::optional<time_point> noted_validity(SSL_SESSION* session) {
  void* data = nullptr;
  std::size_t size = 0;
  stored_time seconds = 0;
  if (::SSL_SESSION_get0_ticket_appdata(session, &data, &size) != 1 || size != sizeof seconds)
    return std::nullopt;
  std::memcpy(&seconds, data, sizeof seconds);
  return from_unix_seconds(seconds);
}

} // namespace

client_authorities::client_authorities(const std::vector<std::string>& files,
                                       client_certificates asked,
                                       std::function<clock::time_point()> now)
  : asked_{asked}, now_{std::move(now)}, store_{::X509_STORE_new()} {
  assert(!files.empty());
  demand(store_ != nullptr);
  for (const auto& file : files)
    for (auto& each : read_authorities(file)) {
      look_at(file, each.get());
      demand(::X509_STORE_add_cert(store_.get(), each.get()) == 1);
      authorities_.push_back(std::move(each));
    }
  realm_ = realm_of(asked);
}

void client_authorities::look_at(const std::string& file, const X509* own) {
  const auto end = ::X509_get0_notAfter(own);
  if (time_of(end) < now_())
    complaints_.push_back(file + ": this authority of clients expired on " + date_of(end) +
                          ", so its certificates are refused");
}

/// Identifies the authorities, in whatever order they are, and the rule.
client_authorities::fingerprint client_authorities::realm_of(client_certificates asked) const {
  std::set<fingerprint> each;
  for (const auto& known : authorities_) {
    fingerprint own{};
    unsigned size = 0;
    demand(::X509_digest(known.get(), ::EVP_sha256(), own.data(), &size) == 1);
    each.insert(own);
  }
  std::string all{static_cast<char>(asked)};
  for (const auto& own : each)
    all.append(own.begin(), own.end());
  fingerprint realm{};
  unsigned size = 0;
  demand(::EVP_Digest(all.data(), all.size(), realm.data(), &size, ::EVP_sha256(), nullptr) == 1);
  return realm;
}

void client_authorities::set_rules(SSL_CTX* context) const {
  ::SSL_CTX_set1_cert_store(context, store_.get());
  for (const auto& each : authorities_)
    demand(::SSL_CTX_add_client_CA(context, each.get()) == 1);
  const bool is_required = asked_ == client_certificates::required;
  ::SSL_CTX_set_verify(
    context, SSL_VERIFY_PEER | (is_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  ::SSL_CTX_set_verify_depth(context, max_intermediates);
  ::SSL_CTX_set_max_cert_list(context, max_sent);
  auto* const rules = ::SSL_CTX_get0_param(context);
  // Each of the files' certificates is trusted, as in distribution, even if another issued it.
  demand(::X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN) == 1 &&
         ::X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_CLIENT) == 1 &&
         ::SSL_CTX_set_session_id_context(context, realm_.data(), realm_.size()) == 1 &&
         ::SSL_CTX_set_session_ticket_cb(context, note_validity, judge_ticket,
                                         const_cast<client_authorities*>(this)) == 1);
}

void client_authorities::begin(SSL* connection) const {
  ::X509_VERIFY_PARAM_set_time(::SSL_get0_param(connection), clock::to_time_t(now_()));
}

/// Notes in the ticket how long the certificates are valid: of the chain, a session keeps only the
/// first.
int client_authorities::note_validity(SSL* connection, void*) {
  const auto* const chain = ::SSL_get0_verified_chain(connection);
  if (!chain) // the session is resumed and has its note, or there is no certificate
    return 1;
  const auto seconds = unix_seconds(end_of(chain));
  return ::SSL_SESSION_set1_ticket_appdata(::SSL_get_session(connection), &seconds, sizeof seconds);
}

/// A ticket that counts no more leads to a full handshake, in which the client may show what it has
/// now.
SSL_TICKET_RETURN client_authorities::judge_ticket(SSL*, SSL_SESSION* session, const unsigned char*,
                                                   std::size_t, SSL_TICKET_STATUS found,
                                                   void* self) {
  if (found != SSL_TICKET_SUCCESS && found != SSL_TICKET_SUCCESS_RENEW)
    return SSL_TICKET_RETURN_IGNORE_RENEW;
  if (::SSL_SESSION_get0_peer(session)) {
    const auto end = noted_validity(session);
    if (!end || *end < static_cast<const client_authorities*>(self)->now_())
      return SSL_TICKET_RETURN_IGNORE_RENEW;
  }
  return found == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

std::unique_ptr<const peer_certificate> certificate_of(SSL* connection) {
  const auto* const shown = ::SSL_get0_peer_certificate(connection);
  if (!shown || ::SSL_get_verify_result(connection) != X509_V_OK)
    return nullptr;
  auto read = std::make_unique<peer_certificate>(read_certificate(shown));
  const auto* const chain = ::SSL_get0_verified_chain(connection);
  read->valid_until =
    chain ? end_of(chain) : noted_validity(::SSL_get_session(connection)).value_or(time_point{});
  return read;
}

error_code certificate_refusal(const SSL* connection) {
  if (const auto result = ::SSL_get_verify_result(connection); result != X509_V_OK)
    return {static_cast<int>(result), refusals()};
  if (ERR_GET_REASON(::ERR_peek_last_error()) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
    return {is_missing, refusals()};
  return {};
}

bool is_certificate_refusal(const error_code& failure) noexcept {
  return failure.category() == refusals();
}

} // namespace gantry::net
