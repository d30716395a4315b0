#include "jose/key_names.hpp"

#include "base/base64url.hpp"
#include "domain/digest.hpp"

#include <openssl/x509.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace gantry::jose {

namespace {

constexpr std::string_view base32_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t fingerprint_bytes = 30;
constexpr std::size_t group_size = 4;

std::string der_of(EVP_PKEY* key) {
  std::string der(static_cast<std::size_t>(std::max(::i2d_PUBKEY(key, nullptr), 0)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  ::i2d_PUBKEY(key, &out);
  return der;
}

/// Precondition: a multiple of 5 bytes.
std::string to_base32(std::span<const std::uint8_t> bytes) {
  std::string text;
  unsigned bits = 0;
  unsigned count = 0;
  for (const auto byte : bytes) {
    bits = bits << 8 | byte;
    for (count += 8; count >= 5; count -= 5)
      text += base32_digits[bits >> (count - 5) & 31];
  }
  return text;
}

} // namespace

std::string thumbprint_of(std::string_view canonical_jwk) {
  const auto hash = digest::of(canonical_jwk);
  const auto bytes = hash.bytes();
  return to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string fingerprint_of(EVP_PKEY* key) {
  const auto hash = digest::of(std::string_view{der_of(key)});
  auto text = to_base32(hash.bytes().first(fingerprint_bytes));
  for (auto at = group_size; at < text.size(); at += group_size + 1)
    text.insert(at, 1, ':');
  return text;
}

} // namespace gantry::jose
