// Private keys that sign tokens in tests, right or wrong, and their public halves in every form.
#pragma once

#include <boost/json/object.hpp>
#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace gantry::test {

/// Made by OpenSSL, independently of `src/jose`. Throws std::runtime_error if OpenSSL fails.
class signing_key {
public:
  static signing_key rsa(unsigned bits = 2048, unsigned long exponent = 65537);
  /// `curve` is "P-256", "P-384" or "P-521".
  static signing_key ec(const std::string& curve);
  static signing_key ed25519();
  /// With the 32 bytes of a private key.
  static signing_key ed25519(std::string_view seed);
  /// For "RS256", "ES384", "EdDSA" and so on.
  static signing_key for_algorithm(std::string_view alg);

  /// The signature of a JWS (RFC 7518, section 3). `alg` only chooses the hash: RS256 and ES256
  /// both take SHA-256.
  std::string sign(std::string_view alg, std::string_view bytes) const;
  /// An ECDSA signature as OpenSSL writes it, in DER: wrong in a token.
  std::string sign_in_der(std::string_view alg, std::string_view bytes) const;

  /// `kty` and the public numbers.
  boost::json::object jwk() const;
  /// SubjectPublicKeyInfo.
  std::string public_der() const;
  std::string public_pem() const;
  std::string private_pem() const;

  EVP_PKEY* get() const noexcept { return key_.get(); }

private:
  explicit signing_key(EVP_PKEY* key);

  std::shared_ptr<EVP_PKEY> key_;
};

/// HS256, HS384 or HS512.
std::string hmac_of(std::string_view alg, std::string_view secret, std::string_view bytes);

} // namespace gantry::test
