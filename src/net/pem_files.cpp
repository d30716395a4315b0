#include "net/pem_files.hpp"

#include "base/openssl_handle.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <stdexcept>
#include <system_error>

namespace gantry::net {

namespace {

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
  ::ERR_clear_error();
  throw std::runtime_error{file + ": " + why};
}

/// OpenSSL would ask on the terminal.
int no_password(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

void close_file(std::FILE* file) noexcept {
  std::fclose(file);
}
using file_handle = openssl_handle<std::FILE, close_file>;

file_handle open(const std::string& file) {
  file_handle opened{std::fopen(file.c_str(), "re")};
  if (!opened)
    refuse(file, std::generic_category().message(errno));
  return opened;
}

using key_handle = openssl_handle<EVP_PKEY, ::EVP_PKEY_free>;

key_handle read_key(const std::string& file) {
  const auto opened = open(file);
  bool is_encrypted = false;
  key_handle key{::PEM_read_PrivateKey(opened.get(), nullptr, no_password, &is_encrypted)};
  if (is_encrypted)
    refuse(file, "this key has a password: store it without one (openssl pkey)");
  if (!key)
    refuse(file, "this file holds no private key in PEM");
  return key;
}

void free_parts(STACK_OF(X509_INFO) * parts) noexcept {
  sk_X509_INFO_pop_free(parts, ::X509_INFO_free);
}
using parts_handle = openssl_handle<STACK_OF(X509_INFO), free_parts>;

} // namespace

void use_files(SSL_CTX* context, const certificate_files& files) {
  open(files.chain);
  ::ERR_clear_error();
  if (::SSL_CTX_use_certificate_chain_file(context, files.chain.c_str()) != 1) {
    const auto* const why = ::ERR_reason_error_string(::ERR_peek_error());
    refuse(files.chain, "this file holds no usable certificate in PEM" +
                          (why ? " (" + std::string{why} + ")" : std::string{}));
  }
  const auto key = read_key(files.key);
  if (::X509_check_private_key(::SSL_CTX_get0_certificate(context), key.get()) != 1)
    refuse(files.key, "this is not the key of the certificate in " + files.chain);
  if (::SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    refuse(files.key, "OpenSSL cannot use this key");
}

std::vector<openssl_handle<X509, ::X509_free>> read_authorities(const std::string& file) {
  const auto opened = open(file);
  const parts_handle parts{::PEM_X509_INFO_read(opened.get(), nullptr, no_password, nullptr)};
  std::vector<openssl_handle<X509, ::X509_free>> found;
  for (int at = 0; parts && at < sk_X509_INFO_num(parts.get()); ++at) {
    const auto* const part = sk_X509_INFO_value(parts.get(), at);
    if (part->crl)
      refuse(file, "this file holds a revocation list, which would have no effect: remove it");
    if (!part->x509)
      continue;
    if (::X509_check_ca(part->x509) == 0)
      refuse(file, "this file holds a certificate that is not one of an authority");
    ::X509_up_ref(part->x509);
    found.emplace_back(part->x509);
  }
  if (found.empty())
    refuse(file, "this file holds no certificate in PEM");
  ::ERR_clear_error();
  return found;
}

std::string date_of(const ASN1_TIME* time) {
  std::tm when{};
  std::string text(16, '\0');
  if (::ASN1_TIME_to_tm(time, &when) != 1)
    return "an unknown date";
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%d", &when));
  return text;
}

} // namespace gantry::net
