// Verifies signatures (RFC 7518, sections 3.3 and 3.4; RFC 8037, section 3.1).
#include "base/openssl_handle.hpp"
#include "jose/public_key.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <cstddef>
#include <optional>

namespace gantry::jose {

namespace {

using digest_verification = openssl_handle<EVP_MD_CTX, ::EVP_MD_CTX_free>;
using ecdsa_signature = openssl_handle<ECDSA_SIG, ::ECDSA_SIG_free>;

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

const EVP_MD* hash_of(algorithm how) noexcept {
  switch (how) {
  case algorithm::rs256:
  case algorithm::es256: return ::EVP_sha256();
  case algorithm::rs384:
  case algorithm::es384: return ::EVP_sha384();
  case algorithm::rs512: return ::EVP_sha512();
  case algorithm::eddsa: break; // hashes by itself
  }
  return nullptr;
}

/// Bytes.
std::size_t signature_size(key_type type, const EVP_PKEY* key) noexcept {
  switch (type) {
  case key_type::rsa: return static_cast<std::size_t>(::EVP_PKEY_get_size(key));
  case key_type::p256:
  case key_type::ed25519: return 64;
  case key_type::p384: break;
  }
  return 96;
}

/// What OpenSSL verifies, in DER, of the numbers r and s, each in half of the bytes.
std::optional<std::string> to_der(std::string_view signature) {
  const auto half = static_cast<int>(signature.size() / 2);
  const ecdsa_signature both{::ECDSA_SIG_new()};
  auto* const r = ::BN_bin2bn(bytes_of(signature), half, nullptr);
  auto* const s = ::BN_bin2bn(bytes_of(signature) + half, half, nullptr);
  if (!both || ::ECDSA_SIG_set0(both.get(), r, s) != 1) {
    ::BN_free(r);
    ::BN_free(s);
    return std::nullopt;
  }
  unsigned char* out = nullptr;
  const int size = ::i2d_ECDSA_SIG(both.get(), &out);
  if (size <= 0)
    return std::nullopt;
  std::string der{reinterpret_cast<const char*>(out), static_cast<std::size_t>(size)};
  ::OPENSSL_free(out);
  return der;
}

bool is_signed(algorithm how, EVP_PKEY* key, std::string_view bytes, std::string_view signature) {
  const digest_verification checking{::EVP_MD_CTX_new()};
  EVP_PKEY_CTX* details = nullptr;
  if (!checking ||
      ::EVP_DigestVerifyInit(checking.get(), &details, hash_of(how), nullptr, key) != 1)
    return false;
  if (key_type_of(how) == key_type::rsa &&
      ::EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PADDING) != 1)
    return false;
  return ::EVP_DigestVerify(checking.get(), bytes_of(signature), signature.size(), bytes_of(bytes),
                            bytes.size()) == 1;
}

} // namespace

bool public_key::verifies(algorithm how, std::string_view bytes, std::string_view signature) const {
  if (key_type_of(how) != type_ || signature.size() != signature_size(type_, key_.get()))
    return false;
  bool verified = false;
  if (type_ == key_type::p256 || type_ == key_type::p384) {
    const auto der = to_der(signature);
    verified = der && is_signed(how, key_.get(), bytes, *der);
  } else {
    verified = is_signed(how, key_.get(), bytes, signature);
  }
  ::ERR_clear_error();
  return verified;
}

} // namespace gantry::jose
