#include "app/issuing.hpp"

#include "base/random.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cassert>
#include <cstddef>
#include <stdexcept>

namespace gantry::app {

namespace {

template <class T, auto Free>
using handle = openssl_handle<T, Free>;

/// Seconds.
constexpr long hour = 60 * 60;
constexpr long day = 24 * hour;
constexpr long authority_days = 3650;
constexpr long issued_days = 397;

void demand(bool done) {
  if (!done)
    throw std::runtime_error{"OpenSSL cannot make the certificate"};
}

/// Serial numbers differ even if files were lost, so that no client takes one certificate for
/// another.
void set_serial(X509* made) {
  std::array<unsigned char, 16> bytes{};
  fill_with_random(bytes);
  bytes[0] &= 0x7f; // positive
  const handle<BIGNUM, ::BN_free> number{
    ::BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)};
  demand(number && ::BN_to_ASN1_INTEGER(number.get(), ::X509_get_serialNumber(made)) != nullptr);
}

void add_to_subject(X509* made, const char* attribute, const std::string& value) {
  auto* const subject = ::X509_get_subject_name(made);
  const auto* const text = reinterpret_cast<const unsigned char*>(value.data());
  demand(::X509_NAME_add_entry_by_txt(subject, attribute, MBSTRING_UTF8, text,
                                      static_cast<int>(value.size()), -1, 0) == 1);
}

void extend(X509* made, X509* issuer, int kind, const char* value) {
  X509V3_CTX context{};
  ::X509V3_set_ctx(&context, issuer, made, nullptr, nullptr, 0);
  const handle<X509_EXTENSION, ::X509_EXTENSION_free> added{
    ::X509V3_EXT_conf_nid(nullptr, &context, kind, value)};
  demand(added && ::X509_add_ext(made, added.get(), -1) == 1);
}

/// Not from the host's text by OpenSSL's configuration language, which gives some characters a
/// meaning.
GENERAL_NAME* make_name(const std::string& host) {
  auto* const made = ::GENERAL_NAME_new();
  demand(made != nullptr);
  if (auto* const address = ::a2i_IPADDRESS(host.c_str())) {
    ::GENERAL_NAME_set0_value(made, GEN_IPADD, address);
    return made;
  }
  auto* const text = ::ASN1_IA5STRING_new();
  demand(text && ::ASN1_STRING_set(text, host.data(), static_cast<int>(host.size())) == 1);
  ::GENERAL_NAME_set0_value(made, GEN_DNS, text);
  return made;
}

void set_hosts(X509* made, const std::vector<std::string>& hosts) {
  const handle<GENERAL_NAMES, ::GENERAL_NAMES_free> names{::GENERAL_NAMES_new()};
  demand(names != nullptr);
  for (const auto& host : hosts)
    demand(sk_GENERAL_NAME_push(names.get(), make_name(host)) > 0);
  demand(::X509_add1_ext_i2d(made, NID_subject_alt_name, names.get(), 0, 0) == 1);
}

/// A version 3 certificate with a new key; valid from an hour ago, for clocks that are behind.
issued begin() {
  issued made{decltype(issued::certificate){::X509_new()},
              decltype(issued::key){EVP_EC_gen("P-256")}};
  auto* const certificate = made.certificate.get();
  demand(certificate && made.key && ::X509_set_version(certificate, X509_VERSION_3) == 1 &&
         ::X509_set_pubkey(certificate, made.key.get()) == 1 &&
         ::X509_gmtime_adj(::X509_getm_notBefore(certificate), -hour) != nullptr);
  set_serial(certificate);
  return made;
}

void sign(X509* made, X509* issuer, EVP_PKEY* key) {
  demand(::X509_set_issuer_name(made, ::X509_get_subject_name(issuer)) == 1);
  extend(made, issuer, NID_authority_key_identifier, "keyid");
  demand(::X509_sign(made, key, ::EVP_sha256()) > 0);
}

/// What certificates of servers and clients have in common.
void fill_issued(X509* own, X509* issuer, const char* usage) {
  demand(::X509_gmtime_adj(::X509_getm_notAfter(own), issued_days * day - hour) != nullptr);
  if (::ASN1_TIME_compare(::X509_get0_notAfter(own), ::X509_get0_notAfter(issuer)) > 0)
    demand(::X509_set1_notAfter(own, ::X509_get0_notAfter(issuer)) == 1);
  extend(own, issuer, NID_basic_constraints, "critical,CA:FALSE");
  extend(own, issuer, NID_key_usage, "critical,digitalSignature");
  extend(own, issuer, NID_ext_key_usage, usage);
  extend(own, issuer, NID_subject_key_identifier, "hash");
}

template <class Write>
std::string written(Write write) {
  const handle<BIO, ::BIO_free_all> memory{::BIO_new(::BIO_s_mem())};
  demand(memory && write(memory.get()) == 1);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

} // namespace

issued make_authority(const std::string& name) {
  auto made = begin();
  auto* const own = made.certificate.get();
  add_to_subject(own, "CN", name);
  demand(::X509_gmtime_adj(::X509_getm_notAfter(own), authority_days * day) != nullptr);
  extend(own, own, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  extend(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(own, own, NID_subject_key_identifier, "hash");
  sign(own, own, made.key.get());
  return made;
}

issued issue(const issued& authority, const std::vector<std::string>& hosts) {
  assert(!hosts.empty());
  auto made = begin();
  auto* const own = made.certificate.get();
  add_to_subject(own, "CN", hosts.front());
  fill_issued(own, authority.certificate.get(), "serverAuth");
  set_hosts(own, hosts);
  sign(own, authority.certificate.get(), authority.key.get());
  return made;
}

issued issue_to_client(const issued& authority, const std::string& name,
                       const std::vector<std::string>& organisations) {
  auto made = begin();
  auto* const own = made.certificate.get();
  for (const auto& each : organisations)
    add_to_subject(own, "O", each);
  add_to_subject(own, "CN", name);
  fill_issued(own, authority.certificate.get(), "clientAuth");
  sign(own, authority.certificate.get(), authority.key.get());
  return made;
}

std::string text_of(X509* certificate) {
  return written([&](BIO* out) { return ::PEM_write_bio_X509(out, certificate); });
}

std::string text_of(EVP_PKEY* key) {
  return written([&](BIO* out) {
    return ::PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

} // namespace gantry::app
