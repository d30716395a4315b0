#include "support/test_certificate.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
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

constexpr long day = 24 * 60 * 60;

using key_handle = owned<EVP_PKEY, ::EVP_PKEY_free>;
using x509_handle = owned<X509, ::X509_free>;

/// A new key's certificate, of version 3.
x509_handle begin(EVP_PKEY* key, long days) {
  static std::atomic<long> serial{0};
  x509_handle made{::X509_new()};
  demand(key && made && ::X509_set_version(made.get(), X509_VERSION_3) == 1);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(made.get()), ++serial);
  ::X509_gmtime_adj(::X509_getm_notBefore(made.get()), -2 * day);
  ::X509_gmtime_adj(::X509_getm_notAfter(made.get()), days * day);
  demand(::X509_set_pubkey(made.get(), key) == 1);
  return made;
}

certificate in_pem(X509* made, EVP_PKEY* key) {
  const owned<BIO, ::BIO_free_all> text{::BIO_new(::BIO_s_mem())};
  const owned<BIO, ::BIO_free_all> secret{::BIO_new(::BIO_s_mem())};
  demand(::PEM_write_bio_X509(text.get(), made) == 1 &&
         ::PEM_write_bio_PrivateKey(secret.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return {text_of(text.get()), text_of(secret.get())};
}

/// `pem` outlives it.
owned<BIO, ::BIO_free_all> reader(const std::string& pem) {
  return owned<BIO, ::BIO_free_all>{::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
}

void extend(X509* made, int kind, const std::string& value) {
  const owned<X509_EXTENSION, ::X509_EXTENSION_free> added{
    ::X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str())};
  demand(added && ::X509_add_ext(made, added.get(), -1) == 1);
}

/// Without OpenSSL's checks of lengths and characters.
void set_subject(X509* made, const std::vector<std::pair<std::string, std::string>>& attributes) {
  auto* const subject = ::X509_get_subject_name(made);
  for (const auto& [name, text] : attributes) {
    const owned<X509_NAME_ENTRY, ::X509_NAME_ENTRY_free> entry{::X509_NAME_ENTRY_new()};
    const owned<ASN1_STRING, ::ASN1_STRING_free> value{::ASN1_STRING_type_new(V_ASN1_UTF8STRING)};
    demand(entry && value &&
           ::ASN1_STRING_set(value.get(), text.data(), static_cast<int>(text.size())) == 1 &&
           ::X509_NAME_ENTRY_set_object(entry.get(), ::OBJ_txt2obj(name.c_str(), 0)) == 1);
    auto* const held = ::X509_NAME_ENTRY_get_data(entry.get());
    demand(::ASN1_STRING_copy(held, value.get()) == 1 &&
           ::X509_NAME_add_entry(subject, entry.get(), -1, 0) == 1);
  }
}

void set_names(X509* made, const std::vector<std::pair<std::string, std::string>>& wanted) {
  if (wanted.empty())
    return;
  const owned<GENERAL_NAMES, ::GENERAL_NAMES_free> names{::GENERAL_NAMES_new()};
  for (const auto& [kind, text] : wanted) {
    auto* const name = ::GENERAL_NAME_new();
    auto* const value = ::ASN1_IA5STRING_new();
    demand(name && value &&
           ::ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())) == 1);
    ::GENERAL_NAME_set0_value(name,
                              kind == "DNS"     ? GEN_DNS
                              : kind == "email" ? GEN_EMAIL
                                                : GEN_URI,
                              value);
    demand(sk_GENERAL_NAME_push(names.get(), name) > 0);
  }
  demand(::X509_add1_ext_i2d(made, NID_subject_alt_name, names.get(), 0, 0) == 1);
}

} // namespace

certificate make_certificate(const std::string& names, long days) {
  const key_handle key{EVP_EC_gen("P-256")};
  const auto made = begin(key.get(), days);
  set_subject(made.get(), {{"CN", "gantry test"}});
  demand(::X509_set_issuer_name(made.get(), ::X509_get_subject_name(made.get())) == 1);
  extend(made.get(), NID_subject_alt_name, names);
  demand(::X509_sign(made.get(), key.get(), ::EVP_sha256()) > 0);
  return in_pem(made.get(), key.get());
}

certificate issue(const certificate_wishes& wishes, const certificate* issuer) {
  const key_handle key{EVP_EC_gen("P-256")};
  const auto made = begin(key.get(), wishes.days);
  auto* const own = made.get();
  set_subject(own, wishes.subject);
  set_names(own, wishes.names);
  extend(own, NID_basic_constraints,
         wishes.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!wishes.usage.empty())
    extend(own, NID_ext_key_usage, wishes.usage);
  x509_handle above;
  key_handle signer;
  if (issuer) {
    above.reset(::PEM_read_bio_X509(reader(issuer->text).get(), nullptr, nullptr, nullptr));
    signer.reset(::PEM_read_bio_PrivateKey(reader(issuer->key).get(), nullptr, nullptr, nullptr));
    demand(above && signer);
  }
  demand(::X509_set_issuer_name(own, ::X509_get_subject_name(above ? above.get() : own)) == 1 &&
         ::X509_sign(own, signer ? signer.get() : key.get(), ::EVP_sha256()) > 0);
  return in_pem(own, key.get());
}

certificate make_authority(const std::string& name, const certificate* issuer, long days) {
  return issue({.subject = {{"CN", name}}, .usage = "", .is_authority = true, .days = days},
               issuer);
}

} // namespace gantry::test
