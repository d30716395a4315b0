#include "support/issued_certificate.hpp"

#include "base/openssl_handle.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <stdexcept>
#include <utility>

namespace gantry::test {

namespace {

void demand(bool done) {
  if (!done)
    throw std::runtime_error{"OpenSSL cannot make the certificate that the test needs"};
}

template <class Write>
std::string written(Write write) {
  const openssl_handle<BIO, ::BIO_free_all> out{::BIO_new(::BIO_s_mem())};
  demand(out && write(out.get()) == 1);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

void extend(X509* made, int kind, const char* value) {
  const openssl_handle<X509_EXTENSION, ::X509_EXTENSION_free> added{
    ::X509V3_EXT_conf_nid(nullptr, nullptr, kind, value)};
  demand(added && ::X509_add_ext(made, added.get(), -1) == 1);
}

} // namespace

issued_certificate::issued_certificate(const certificate_request& asked, signing_key key)
  : key_{std::move(key)}, made_{::X509_new(), ::X509_free} {
  fill(asked, made_.get(), key_);
}

issued_certificate::issued_certificate(const certificate_request& asked, signing_key key,
                                       const issued_certificate& issuer)
  : key_{std::move(key)}, made_{::X509_new(), ::X509_free} {
  fill(asked, issuer.made_.get(), issuer.key_);
}

void issued_certificate::fill(const certificate_request& asked, X509* issuer,
                              const signing_key& issuer_key) {
  auto* const made = made_.get();
  demand(made && ::X509_set_version(made, X509_VERSION_3) == 1 &&
         ::ASN1_INTEGER_set(::X509_get_serialNumber(made), 1) == 1 &&
         ::X509_set_pubkey(made, key_.get()) == 1);
  const auto* const name = reinterpret_cast<const unsigned char*>(asked.subject.c_str());
  demand(::X509_NAME_add_entry_by_txt(::X509_get_subject_name(made), "CN", MBSTRING_ASC, name, -1,
                                      -1, 0) == 1 &&
         ::X509_set_issuer_name(made, ::X509_get_subject_name(issuer)) == 1 &&
         ::ASN1_TIME_set(::X509_getm_notBefore(made), asked.from.time_since_epoch().count()) &&
         ::ASN1_TIME_set(::X509_getm_notAfter(made), asked.until.time_since_epoch().count()));
  extend(made, NID_basic_constraints, asked.is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  const auto* const hash =
    issuer_key.jwk().at("kty") == "OKP" ? nullptr : ::EVP_get_digestbyname(asked.hash.c_str());
  demand(::X509_sign(made, issuer_key.get(), hash) > 0);
}

std::string issued_certificate::der() const {
  return written([&](BIO* out) { return ::i2d_X509_bio(out, made_.get()); });
}

std::string issued_certificate::pem() const {
  return written([&](BIO* out) { return ::PEM_write_bio_X509(out, made_.get()); });
}

} // namespace gantry::test
