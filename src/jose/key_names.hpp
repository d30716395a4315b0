// Names of keys that follow from the keys themselves.
#pragma once

#include <openssl/types.h>

#include <string>
#include <string_view>

namespace gantry::jose {

/// RFC 7638: the SHA-256 of a JWK with its required members only, in their order, without white
/// space; in base64url.
std::string thumbprint_of(std::string_view canonical_jwk);

/// libtrust's: the first 240 bits of the SHA-256 of the key in DER (SubjectPublicKeyInfo) in
/// base32, as twelve groups of four characters with colons between them.
std::string fingerprint_of(EVP_PKEY* key);

} // namespace gantry::jose
