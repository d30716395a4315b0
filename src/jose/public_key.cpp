#include "jose/public_key.hpp"

#include "base/base64url.hpp"
#include "base/openssl_handle.hpp"
#include "jose/key_names.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <utility>

namespace gantry::jose {

namespace {

using number = openssl_handle<BIGNUM, ::BN_free>;
using context = openssl_handle<EVP_PKEY_CTX, ::EVP_PKEY_CTX_free>;
using parameter_builder = openssl_handle<OSSL_PARAM_BLD, ::OSSL_PARAM_BLD_free>;
using parameters = openssl_handle<OSSL_PARAM, ::OSSL_PARAM_free>;

constexpr BN_ULONG min_exponent = 65'537;
constexpr int max_exponent_bits = 64;
constexpr std::size_t ed25519_size = 32;

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Bytes of a coordinate.
std::size_t field_size(key_type curve) noexcept {
  return curve == key_type::p256 ? 32 : 48;
}

/// OpenSSL's.
const char* group_of(key_type curve) noexcept {
  return curve == key_type::p256 ? SN_X9_62_prime256v1 : SN_secp384r1;
}

refusal refuse_built_key(std::string_view why) {
  ::ERR_clear_error();
  return refuse(reason::key_refused, why);
}

/// Absent if OpenSSL refuses the numbers, as it does with points that are not on their curve.
std::shared_ptr<EVP_PKEY> made_of(const char* kind, OSSL_PARAM* values) {
  const context making{::EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr)};
  EVP_PKEY* made = nullptr;
  if (!making || ::EVP_PKEY_fromdata_init(making.get()) != 1 ||
      ::EVP_PKEY_fromdata(making.get(), &made, EVP_PKEY_PUBLIC_KEY, values) != 1)
    return nullptr;
  return {made, ::EVP_PKEY_free};
}

/// Numbers that are longer than any allowed one are cut, but still too long.
number to_number(std::string_view bytes) {
  bytes.remove_prefix(std::min(bytes.find_first_not_of('\0'), bytes.size()));
  bytes = bytes.substr(0, max_rsa_bits / 8 + 1);
  return number{::BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr)};
}

/// Big-endian without leading zeros; `size` > 0 pads it to this many bytes.
std::string to_bytes(const BIGNUM* value, std::size_t size = 0) {
  std::string bytes(size > 0 ? size : static_cast<std::size_t>(BN_num_bytes(value)), '\0');
  auto* const out = reinterpret_cast<unsigned char*>(bytes.data());
  if (::BN_bn2binpad(value, out, static_cast<int>(bytes.size())) < 0)
    bytes.clear();
  return bytes;
}

std::string parameter_of(const EVP_PKEY* key, const char* name, std::size_t size = 0) {
  BIGNUM* value = nullptr;
  ::EVP_PKEY_get_bn_param(key, name, &value);
  const number owned{value};
  return owned ? to_bytes(owned.get(), size) : std::string{};
}

std::string_view flaw_of(const BIGNUM* modulus, const BIGNUM* exponent) {
  if (::BN_num_bits(modulus) < min_rsa_bits)
    return "an RSA key has fewer than 2048 bits";
  if (::BN_num_bits(modulus) > max_rsa_bits)
    return "an RSA key has more than 16384 bits";
  if (::BN_is_odd(modulus) != 1)
    return "the modulus of an RSA key is even";
  if (::BN_is_odd(exponent) != 1 || ::BN_num_bits(exponent) > max_exponent_bits ||
      (::BN_num_bits(exponent) < BN_BITS2 && ::BN_get_word(exponent) < min_exponent))
    return "the exponent of an RSA key is even, below 65537 or longer than 64 bits";
  return {};
}

} // namespace

public_key::public_key(key_type type, handle key, std::string_view canonical_jwk)
  : type_{type},
    key_{std::move(key)},
    thumbprint_{thumbprint_of(canonical_jwk)},
    fingerprint_{fingerprint_of(key_.get())} {}

outcome<public_key> public_key::rsa(std::string_view modulus, std::string_view exponent) {
  const auto n = to_number(modulus);
  const auto e = to_number(exponent);
  const parameter_builder builder{::OSSL_PARAM_BLD_new()};
  if (!n || !e || !builder)
    return refuse_built_key("OpenSSL has no memory for an RSA key");
  if (const auto flaw = flaw_of(n.get(), e.get()); !flaw.empty())
    return refuse_built_key(flaw);
  ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  const parameters values{::OSSL_PARAM_BLD_to_param(builder.get())};
  auto key = made_of("RSA", values.get());
  if (!key)
    return refuse_built_key("OpenSSL refuses the RSA key");
  // RFC 7638, section 3.2: the required members in lexicographic order.
  const auto jwk = R"({"e":")" + to_base64url(to_bytes(e.get())) + R"(","kty":"RSA","n":")" +
                   to_base64url(to_bytes(n.get())) + R"("})";
  return public_key{key_type::rsa, std::move(key), jwk};
}

outcome<public_key> public_key::ec(key_type curve, std::string_view x, std::string_view y) {
  assert(curve == key_type::p256 || curve == key_type::p384);
  if (x.size() != field_size(curve) || y.size() != field_size(curve))
    return refuse_built_key("a coordinate of an EC key has a wrong length");
  std::string point{"\x04"};
  point.append(x).append(y);
  std::string group{group_of(curve)};
  std::array<OSSL_PARAM, 3> values{
    ::OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()),
    ::OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
    ::OSSL_PARAM_construct_end()};
  auto key = made_of("EC", values.data());
  const context checking{key ? ::EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr};
  if (!checking || ::EVP_PKEY_public_check_quick(checking.get()) != 1)
    return refuse_built_key("an EC key is not a point on its curve");
  const auto jwk = R"({"crv":")" + std::string{to_string(curve)} + R"(","kty":"EC","x":")" +
                   to_base64url(x) + R"(","y":")" + to_base64url(y) + R"("})";
  return public_key{curve, std::move(key), jwk};
}

outcome<public_key> public_key::ed25519(std::string_view point) {
  if (point.size() != ed25519_size)
    return refuse_built_key("an Ed25519 key has 32 bytes");
  const handle key{
    ::EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(point), point.size()),
    ::EVP_PKEY_free};
  if (!key)
    return refuse_built_key("OpenSSL refuses the Ed25519 key");
  const auto jwk = R"({"crv":"Ed25519","kty":"OKP","x":")" + to_base64url(point) + R"("})";
  return public_key{key_type::ed25519, key, jwk};
}

outcome<public_key> public_key::of(const EVP_PKEY* key) {
  if (::EVP_PKEY_is_a(key, "RSA") == 1)
    return rsa(parameter_of(key, OSSL_PKEY_PARAM_RSA_N), parameter_of(key, OSSL_PKEY_PARAM_RSA_E));
  if (::EVP_PKEY_is_a(key, "ED25519") == 1) {
    std::string point(ed25519_size, '\0');
    auto size = point.size();
    ::EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(point.data()), &size);
    return ed25519(point);
  }
  std::string group(32, '\0');
  std::size_t size = 0;
  if (::EVP_PKEY_is_a(key, "EC") == 1 &&
      ::EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1) {
    group.resize(size);
    for (const auto curve : {key_type::p256, key_type::p384})
      if (group == group_of(curve))
        return ec(curve, parameter_of(key, OSSL_PKEY_PARAM_EC_PUB_X, field_size(curve)),
                  parameter_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, field_size(curve)));
  }
  return refuse_built_key(
    "keys of this type verify no token: RSA, EC P-256 and P-384, and Ed25519 do");
}

} // namespace gantry::jose
