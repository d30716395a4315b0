#include "support/signing_key.hpp"

#include "base/base64url.hpp"
#include "base/openssl_handle.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace gantry::test {

namespace {

using number = openssl_handle<BIGNUM, ::BN_free>;
using context = openssl_handle<EVP_PKEY_CTX, ::EVP_PKEY_CTX_free>;
using digest_context = openssl_handle<EVP_MD_CTX, ::EVP_MD_CTX_free>;
using memory = openssl_handle<BIO, ::BIO_free_all>;

void demand(bool done) {
  if (!done)
    throw std::runtime_error{"OpenSSL cannot make what the test needs"};
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

const EVP_MD* hash_of(std::string_view alg) {
  if (alg.ends_with("256"))
    return ::EVP_sha256();
  if (alg.ends_with("384"))
    return ::EVP_sha384();
  return alg.ends_with("512") ? ::EVP_sha512() : nullptr;
}

/// Big-endian, at least `size` bytes.
std::string number_of(const EVP_PKEY* key, const char* name, int size = 0) {
  BIGNUM* value = nullptr;
  demand(::EVP_PKEY_get_bn_param(key, name, &value) == 1);
  const number owned{value};
  std::string bytes(static_cast<std::size_t>(std::max(size, BN_num_bytes(value))), '\0');
  ::BN_bn2binpad(value, bytes_of(bytes), static_cast<int>(bytes.size()));
  return bytes;
}

template <class Write>
std::string written(Write write) {
  const memory out{::BIO_new(::BIO_s_mem())};
  demand(out && write(out.get()) == 1);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

/// Bytes of a coordinate.
int field_size(const EVP_PKEY* key) {
  return (::EVP_PKEY_get_bits(key) + 7) / 8;
}

std::string curve_name(const EVP_PKEY* key) {
  return "P-" + std::to_string(::EVP_PKEY_get_bits(key));
}

} // namespace

signing_key::signing_key(EVP_PKEY* key) : key_{key, ::EVP_PKEY_free} {
  demand(key != nullptr);
}

signing_key signing_key::rsa(unsigned bits, unsigned long exponent) {
  const context making{::EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr)};
  const number e{::BN_new()};
  EVP_PKEY* made = nullptr;
  demand(::BN_set_word(e.get(), exponent) == 1 && ::EVP_PKEY_keygen_init(making.get()) == 1 &&
         ::EVP_PKEY_CTX_set_rsa_keygen_bits(making.get(), static_cast<int>(bits)) == 1 &&
         ::EVP_PKEY_CTX_set1_rsa_keygen_pubexp(making.get(), e.get()) == 1 &&
         ::EVP_PKEY_generate(making.get(), &made) == 1);
  return signing_key{made};
}

signing_key signing_key::ec(const std::string& curve) {
  return signing_key{EVP_EC_gen(curve.c_str())};
}

signing_key signing_key::ed25519() {
  return signing_key{::EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
}

signing_key signing_key::ed25519(std::string_view seed) {
  return signing_key{
    ::EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size())};
}

signing_key signing_key::for_algorithm(std::string_view alg) {
  if (alg.starts_with("RS"))
    return rsa();
  if (alg == "EdDSA")
    return ed25519();
  return ec(alg == "ES256" ? "P-256" : "P-384");
}

std::string signing_key::sign_in_der(std::string_view alg, std::string_view bytes) const {
  const digest_context signing{::EVP_MD_CTX_new()};
  std::size_t size = 0;
  demand(::EVP_DigestSignInit(signing.get(), nullptr, hash_of(alg), nullptr, get()) == 1 &&
         ::EVP_DigestSign(signing.get(), nullptr, &size, bytes_of(bytes), bytes.size()) == 1);
  std::string signature(size, '\0');
  demand(::EVP_DigestSign(signing.get(), bytes_of(signature), &size, bytes_of(bytes),
                          bytes.size()) == 1);
  signature.resize(size);
  return signature;
}

std::string signing_key::sign(std::string_view alg, std::string_view bytes) const {
  const auto signature = sign_in_der(alg, bytes);
  if (::EVP_PKEY_is_a(get(), "EC") != 1)
    return signature;
  const auto* der = bytes_of(std::string_view{signature});
  const openssl_handle<ECDSA_SIG, ::ECDSA_SIG_free> both{
    ::d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(signature.size()))};
  demand(both != nullptr);
  const int half = field_size(get());
  std::string raw(2 * static_cast<std::size_t>(half), '\0');
  ::BN_bn2binpad(::ECDSA_SIG_get0_r(both.get()), bytes_of(raw), half);
  ::BN_bn2binpad(::ECDSA_SIG_get0_s(both.get()), bytes_of(raw) + half, half);
  return raw;
}

boost::json::object signing_key::jwk() const {
  if (::EVP_PKEY_is_a(get(), "RSA") == 1)
    return {{"kty", "RSA"},
            {"n", to_base64url(number_of(get(), OSSL_PKEY_PARAM_RSA_N))},
            {"e", to_base64url(number_of(get(), OSSL_PKEY_PARAM_RSA_E))}};
  if (::EVP_PKEY_is_a(get(), "EC") == 1) {
    const int size = field_size(get());
    return {{"kty", "EC"},
            {"crv", curve_name(get())},
            {"x", to_base64url(number_of(get(), OSSL_PKEY_PARAM_EC_PUB_X, size))},
            {"y", to_base64url(number_of(get(), OSSL_PKEY_PARAM_EC_PUB_Y, size))}};
  }
  std::string point(32, '\0');
  auto size = point.size();
  demand(::EVP_PKEY_get_raw_public_key(get(), bytes_of(point), &size) == 1);
  return {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", to_base64url(point)}};
}

std::string signing_key::public_der() const {
  return written([&](BIO* out) { return ::i2d_PUBKEY_bio(out, get()); });
}

std::string signing_key::public_pem() const {
  return written([&](BIO* out) { return ::PEM_write_bio_PUBKEY(out, get()); });
}

std::string signing_key::private_pem() const {
  return written([&](BIO* out) {
    return ::PEM_write_bio_PrivateKey(out, get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string hmac_of(std::string_view alg, std::string_view secret, std::string_view bytes) {
  std::string made(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  demand(::HMAC(hash_of(alg), secret.data(), static_cast<int>(secret.size()), bytes_of(bytes),
                bytes.size(), bytes_of(made), &size) != nullptr);
  made.resize(size);
  return made;
}

} // namespace gantry::test
