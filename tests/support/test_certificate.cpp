#include "support/test_certificate.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace gantry::test {

namespace {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* doomed) const {
    Free(doomed);
  }
};
template <class T, auto Free>
using owned = std::unique_ptr<T, freed_by<Free>>;

void demand(bool done) {
  if (!done)
    throw std::runtime_error{"OpenSSL makes no certificate"};
}

std::string text_of(BIO* memory) {
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(memory, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

} // namespace

certificate make_certificate(const std::string& names, long days) {
  constexpr long day = 24 * 60 * 60;
  const owned<EVP_PKEY, ::EVP_PKEY_free> key{EVP_EC_gen("P-256")};
  const owned<X509, ::X509_free> made{::X509_new()};
  demand(key && made && ::X509_set_version(made.get(), X509_VERSION_3) == 1);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(made.get()), 1);
  ::X509_gmtime_adj(::X509_getm_notBefore(made.get()), -2 * day);
  ::X509_gmtime_adj(::X509_getm_notAfter(made.get()), days * day);
  const owned<X509_NAME, ::X509_NAME_free> subject{::X509_NAME_new()};
  constexpr unsigned char title[] = "gantry test";
  ::X509_NAME_add_entry_by_txt(subject.get(), "CN", MBSTRING_ASC, title, -1, -1, 0);
  demand(::X509_set_subject_name(made.get(), subject.get()) == 1 &&
         ::X509_set_issuer_name(made.get(), subject.get()) == 1 &&
         ::X509_set_pubkey(made.get(), key.get()) == 1);
  const owned<X509_EXTENSION, ::X509_EXTENSION_free> hosts{
    ::X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str())};
  demand(hosts && ::X509_add_ext(made.get(), hosts.get(), -1) == 1 &&
         ::X509_sign(made.get(), key.get(), ::EVP_sha256()) > 0);
  const owned<BIO, ::BIO_free_all> text{::BIO_new(::BIO_s_mem())};
  const owned<BIO, ::BIO_free_all> secret{::BIO_new(::BIO_s_mem())};
  demand(::PEM_write_bio_X509(text.get(), made.get()) == 1 &&
         ::PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) == 1);
  return {text_of(text.get()), text_of(secret.get())};
}

} // namespace gantry::test
