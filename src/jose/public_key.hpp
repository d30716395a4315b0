// Public keys that verify signatures.
#pragma once

#include "jose/algorithm.hpp"
#include "jose/refusal.hpp"

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace gantry::jose {

/// Bits of an RSA modulus. OpenSSL verifies nothing with longer ones.
inline constexpr int min_rsa_bits = 2048;
inline constexpr int max_rsa_bits = 16'384;

/// A key that has been checked: an RSA modulus of an allowed length with an odd exponent from 65537
/// to 64 bits, a point on its curve, or the 32 bytes of an Ed25519 key. Immutable and therefore
/// thread-safe; copies share the key.
class public_key {
public:
  /// Numbers are big-endian, and may have leading zeros. Errors: key_refused, here and below.
  static outcome<public_key> rsa(std::string_view modulus, std::string_view exponent);
  /// `x` and `y` are big-endian and exactly as long as the curve's field (RFC 7518, 6.2.1.2).
  /// Precondition: `curve` is p256 or p384.
  static outcome<public_key> ec(key_type curve, std::string_view x, std::string_view y);
  static outcome<public_key> ed25519(std::string_view point);
  /// The same key as OpenSSL's `key`, which is not kept.
  static outcome<public_key> of(const EVP_PKEY* key);

  key_type type() const noexcept { return type_; }
  /// The SHA-256 thumbprint of RFC 7638, 43 characters: the name of a key in distribution 3.
  const std::string& thumbprint() const noexcept { return thumbprint_; }
  /// libtrust's `ABCD:EFGH:…`, 59 characters: the name of a key in distribution 2.
  const std::string& fingerprint() const noexcept { return fingerprint_; }

  /// Whether the owner of the private key has signed `bytes`. False if the algorithm needs another
  /// type of key, or if the signature does not have the only length that is right.
  bool verifies(algorithm how, std::string_view bytes, std::string_view signature) const;

private:
  using handle = std::shared_ptr<EVP_PKEY>;
  public_key(key_type type, handle key, std::string_view canonical_jwk);

  key_type type_;
  handle key_;
  std::string thumbprint_;
  std::string fingerprint_;
};

} // namespace gantry::jose
