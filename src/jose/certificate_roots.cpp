#include "jose/certificate_roots.hpp"

#include "base/openssl_handle.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <stdexcept>
#include <utility>

namespace gantry::jose {

namespace {

using chain_verification = openssl_handle<X509_STORE_CTX, ::X509_STORE_CTX_free>;

/// 112 bits.
constexpr int security_level = 2;

void free_stack(STACK_OF(X509) * doomed) noexcept {
  sk_X509_free(doomed);
}
using certificate_stack = openssl_handle<STACK_OF(X509), free_stack>;

refusal refuse_chain(std::string_view why) {
  ::ERR_clear_error();
  return refuse(reason::chain_refused, why);
}

/// Empty if one of them is not a certificate.
std::vector<certificate> parse_chain(std::span<const std::string> chain) {
  std::vector<certificate> parsed;
  for (const auto& der : chain) {
    parsed.push_back(parse_certificate(der));
    if (!parsed.back())
      return {};
  }
  return parsed;
}

/// Does not own its members.
certificate_stack to_stack(std::span<const certificate> members) {
  certificate_stack made{sk_X509_new_null()};
  for (const auto& member : members)
    if (!made || sk_X509_push(made.get(), member.get()) <= 0)
      return nullptr;
  return made;
}

void demand(X509_STORE_CTX* checking, std::chrono::system_clock::time_point now) {
  auto* const demands = ::X509_STORE_CTX_get0_param(checking);
  // A trusted certificate ends the chain even if another one has issued it.
  ::X509_VERIFY_PARAM_set_flags(demands, X509_V_FLAG_PARTIAL_CHAIN);
  ::X509_VERIFY_PARAM_set_time(demands, std::chrono::system_clock::to_time_t(now));
  ::X509_VERIFY_PARAM_set_auth_level(demands, security_level);
}

} // namespace

certificate parse_certificate(std::string_view der) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = begin + der.size();
  certificate parsed{::d2i_X509(nullptr, &begin, static_cast<long>(der.size())), ::X509_free};
  ::ERR_clear_error();
  return begin == end ? parsed : nullptr;
}

certificate_roots::certificate_roots(std::vector<certificate> trusted)
  : trusted_{std::move(trusted)}, store_{::X509_STORE_new(), ::X509_STORE_free} {
  for (const auto& root : trusted_)
    if (!store_ || ::X509_STORE_add_cert(store_.get(), root.get()) != 1)
      throw std::runtime_error{"OpenSSL cannot keep trusted certificates"};
}

outcome<public_key> certificate_roots::leaf_key(std::span<const std::string> chain,
                                                std::chrono::system_clock::time_point now) const {
  if (empty())
    return refuse_chain("no certificate is trusted");
  if (chain.size() > max_chain)
    return refuse_chain("the chain has more than 5 certificates");
  const auto parsed = parse_chain(chain);
  if (parsed.empty())
    return refuse_chain("the chain is not one of certificates");
  const auto others = to_stack(std::span{parsed}.subspan(1));
  const chain_verification checking{::X509_STORE_CTX_new()};
  if (!others || !checking ||
      ::X509_STORE_CTX_init(checking.get(), store_.get(), parsed.front().get(), others.get()) != 1)
    return refuse_chain("OpenSSL has no memory for a chain");
  demand(checking.get(), now);
  if (::X509_verify_cert(checking.get()) != 1) {
    const int why = ::X509_STORE_CTX_get_error(checking.get());
    return refuse_chain(::X509_verify_cert_error_string(why));
  }
  return public_key::of(::X509_get0_pubkey(parsed.front().get()));
}

} // namespace gantry::jose
