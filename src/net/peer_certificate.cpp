#include "net/peer_certificate.hpp"

#include "base/openssl_handle.hpp"
#include "base/text.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

namespace gantry::net {

namespace {

void free_text(unsigned char* text) noexcept {
  OPENSSL_free(text);
}
void free_text(char* text) noexcept {
  OPENSSL_free(text);
}
using utf8_handle = openssl_handle<unsigned char, static_cast<void (*)(unsigned char*)>(free_text)>;
using digits_handle = openssl_handle<char, static_cast<void (*)(char*)>(free_text)>;
using names_handle = openssl_handle<GENERAL_NAMES, ::GENERAL_NAMES_free>;
using number_handle = openssl_handle<BIGNUM, ::BN_free>;

/// NUL and the others of ASCII, DEL, and those that UTF-8 writes as C2 80 to C2 9F.
bool has_control_character(std::string_view text) noexcept {
  char before = 0;
  return std::ranges::any_of(text, [&before](char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_late = before == '\xC2' && byte >= 0x80 && byte <= 0x9F;
    before = c;
    return is_control(c) || is_late;
  });
}

bool is_usable(std::string_view name) noexcept {
  return name.size() <= peer_certificate::longest_name && !has_control_character(name);
}

std::string_view bytes_of(const ASN1_STRING* text) noexcept {
  return {reinterpret_cast<const char*>(::ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(::ASN1_STRING_length(text))};
}

/// Collects names, and notes those that are unusable.
class name_reader {
public:
  explicit name_reader(peer_certificate& into) : into_{into} {}

  /// The values of an attribute of the subject, such as `O`.
  std::vector<std::string> attributes(const X509_NAME* subject, int kind) {
    std::vector<std::string> found;
    for (int at = -1; (at = ::X509_NAME_get_index_by_NID(subject, kind, at)) >= 0;) {
      const auto* const value = ::X509_NAME_ENTRY_get_data(::X509_NAME_get_entry(subject, at));
      unsigned char* made = nullptr;
      const auto size = ::ASN1_STRING_to_UTF8(&made, value);
      const utf8_handle text{made};
      if (size < 0)
        into_.has_bad_name = true;
      else
        add(found, {reinterpret_cast<const char*>(made), static_cast<std::size_t>(size)});
    }
    return found;
  }

  void alternatives(const X509* certificate) {
    int found = 0;
    const names_handle names{static_cast<GENERAL_NAMES*>(
      ::X509_get_ext_d2i(certificate, NID_subject_alt_name, &found, nullptr))};
    constexpr int absent = -1;
    into_.has_bad_name |= !names && found != absent;
    for (int at = 0; names && at < sk_GENERAL_NAME_num(names.get()); ++at)
      alternative(sk_GENERAL_NAME_value(names.get(), at));
  }

private:
  void alternative(const GENERAL_NAME* name) {
    switch (name->type) {
    case GEN_DNS: return add_ascii(into_.dns_names, name->d.dNSName);
    case GEN_EMAIL: return add_ascii(into_.emails, name->d.rfc822Name);
    case GEN_URI: return add_ascii(into_.uris, name->d.uniformResourceIdentifier);
    default: return; // no user has such a name
    }
  }

  void add_ascii(std::vector<std::string>& names, const ASN1_STRING* text) {
    const auto bytes = bytes_of(text);
    if (std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
      add(names, bytes);
    else
      into_.has_bad_name = true;
  }

  void add(std::vector<std::string>& names, std::string_view name) {
    if (!is_usable(name))
      into_.has_bad_name = true;
    else if (!name.empty())
      names.emplace_back(name);
  }

  peer_certificate& into_;
};

std::string serial_of(const X509* certificate) {
  const number_handle number{::ASN1_INTEGER_to_BN(::X509_get0_serialNumber(certificate), nullptr)};
  const digits_handle digits{number ? ::BN_bn2hex(number.get()) : nullptr};
  return in_lower_case(digits ? digits.get() : "");
}

std::string fingerprint_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  return ::X509_digest(certificate, ::EVP_sha256(), digest.data(), &size) == 1
           ? to_hex({digest.data(), size})
           : std::string{};
}

} // namespace

peer_certificate read_certificate(const X509* certificate) {
  peer_certificate read;
  name_reader names{read};
  const auto* const subject = ::X509_get_subject_name(certificate);
  if (auto common = names.attributes(subject, NID_commonName); !common.empty())
    read.common_name = std::move(common.back());
  read.organisations = names.attributes(subject, NID_organizationName);
  read.organisational_units = names.attributes(subject, NID_organizationalUnitName);
  names.alternatives(certificate);
  read.serial = serial_of(certificate);
  read.fingerprint = fingerprint_of(certificate);
  ::ERR_clear_error(); // of names that could not be read
  return read;
}

std::chrono::system_clock::time_point time_of(const ASN1_TIME* time) {
  std::tm when{};
  if (::ASN1_TIME_to_tm(time, &when) != 1)
    return {};
  return std::chrono::system_clock::from_time_t(::timegm(&when));
}

} // namespace gantry::net
