// Signatures: right ones of every algorithm, and all that are nearly right.
#include "base/openssl_handle.hpp"
#include "jose/samples.hpp"
#include "jose/token.hpp"
#include "jose/vectors.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <string>
#include <string_view>

using namespace gantry;
using namespace gantry::jose;

BOOST_AUTO_TEST_SUITE(signature)

namespace {

constexpr std::string_view text = "what is signed";

/// The right signature of `text`.
std::string sign(const std::string& alg) {
  return issuer_with(alg).key().sign(alg, text);
}

bool verified(const std::string& alg, std::string_view signature, std::string_view of = text) {
  const auto verified =
    key_of(issuer_with(alg).key().jwk()).verifies(find_algorithm(alg).value(), of, signature);
  BOOST_TEST(::ERR_peek_error() == 0u, "errors of OpenSSL are left behind");
  return verified;
}

/// PS256.
std::string sign_with_pss(const test::signing_key& key) {
  const openssl_handle<EVP_MD_CTX, ::EVP_MD_CTX_free> signing{::EVP_MD_CTX_new()};
  EVP_PKEY_CTX* details = nullptr;
  std::string made(256, '\0');
  auto size = made.size();
  BOOST_TEST_REQUIRE(
    ::EVP_DigestSignInit(signing.get(), &details, ::EVP_sha256(), nullptr, key.get()) == 1);
  BOOST_TEST_REQUIRE(::EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) == 1);
  BOOST_TEST_REQUIRE(::EVP_DigestSign(signing.get(), reinterpret_cast<unsigned char*>(made.data()),
                                      &size, reinterpret_cast<const unsigned char*>(text.data()),
                                      text.size()) == 1);
  return made;
}

} // namespace

BOOST_AUTO_TEST_CASE(signatures_of_others_are_verified) {
  for (const auto& other : signed_by_others) {
    const auto sent = parse_token(other.token).value();
    const auto key = key_of(parsed(other.jwk));
    BOOST_TEST(key.verifies(sent.alg, sent.signed_text, sent.signature), other.token);
    BOOST_TEST(!key.verifies(sent.alg, sent.signed_text + " ", sent.signature), other.token);
  }
}

BOOST_AUTO_TEST_CASE(our_own_are_verified) {
  for (const std::string alg : {"RS256", "RS384", "RS512", "ES256", "ES384", "EdDSA"})
    BOOST_TEST(verified(alg, sign(alg)), alg);
}

BOOST_AUTO_TEST_CASE(a_signature_of_another_text_is_wrong) {
  for (const std::string alg : {"RS256", "RS384", "RS512", "ES256", "ES384", "EdDSA"}) {
    BOOST_TEST(!verified(alg, sign(alg), "what is signeD"), alg);
    BOOST_TEST(!verified(alg, sign(alg), ""), alg);
  }
}

BOOST_AUTO_TEST_CASE(a_signature_by_another_key_is_wrong) {
  for (const std::string alg : {"RS256", "ES256", "ES384", "EdDSA"}) {
    const auto other = test::signing_key::for_algorithm(alg).sign(alg, text);
    BOOST_TEST(!verified(alg, other), alg);
  }
}

BOOST_AUTO_TEST_CASE(every_changed_bit_is_noticed) {
  for (const std::string alg : {"RS256", "ES256", "ES384", "EdDSA"}) {
    const auto right = sign(alg);
    for (std::size_t i = 0; i < right.size(); i += 7) {
      auto changed = right;
      changed[i] = static_cast<char>(changed[i] ^ (1 << i % 8));
      BOOST_TEST(!verified(alg, changed), alg << ", byte " << i);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_shorter_or_longer_signature_is_wrong) {
  for (const std::string alg : {"RS256", "ES256", "ES384", "EdDSA"}) {
    const auto right = sign(alg);
    for (const auto& other :
         {std::string{}, right.substr(1), right.substr(0, right.size() - 1), right + '\0',
          std::string(1, '\0') + right, right.substr(0, right.size() / 2), right + right,
          std::string(1, '\0') + right.substr(0, right.size() / 2) + std::string(1, '\0') +
            right.substr(right.size() / 2)})
      BOOST_TEST(!verified(alg, other), alg << ", " << other.size() << " bytes");
  }
}

BOOST_AUTO_TEST_CASE(an_ecdsa_signature_in_der_is_wrong) {
  for (const std::string alg : {"ES256", "ES384"}) {
    const auto der = issuer_with(alg).key().sign_in_der(alg, text);
    BOOST_TEST(!verified(alg, der), alg);
    auto cut = der;
    cut.resize(sign(alg).size());
    BOOST_TEST(!verified(alg, cut), alg);
  }
}

BOOST_AUTO_TEST_CASE(numbers_of_an_ecdsa_signature_are_neither_zero_nor_too_large) {
  for (const std::string alg : {"ES256", "ES384"}) {
    const auto right = sign(alg);
    const auto half = right.size() / 2;
    const auto r = right.substr(0, half);
    const auto s = right.substr(half);
    for (const auto& number : {std::string(half, '\0'), std::string(half, '\xff')}) {
      BOOST_TEST(!verified(alg, number + s), alg);
      BOOST_TEST(!verified(alg, r + number), alg);
      BOOST_TEST(!verified(alg, number + number), alg);
    }
    BOOST_TEST(!verified(alg, s + r), alg);
  }
}

BOOST_AUTO_TEST_CASE(an_ed25519_signature_has_one_text_only) {
  // The order of the group, little-endian: s + order would verify if s were not compared with it.
  const std::string_view order{"\xed\xd3\xf5\x5c\x1a\x63\x12\x58\xd6\x9c\xf7\xa2\xde\xf9\xde\x14"
                               "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10",
                               32};
  auto signature = sign("EdDSA");
  unsigned carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    carry += static_cast<unsigned char>(signature[32 + i]) + static_cast<unsigned char>(order[i]);
    signature[32 + i] = static_cast<char>(carry & 0xFF);
    carry >>= 8;
  }
  BOOST_TEST(carry == 0u);
  BOOST_TEST(!verified("EdDSA", signature));
}

BOOST_AUTO_TEST_CASE(a_key_verifies_only_the_algorithms_of_its_type) {
  for (const std::string own : {"RS256", "ES256", "ES384", "EdDSA"}) {
    const auto key = key_of(issuer_with(own).key().jwk());
    for (const auto name : algorithm_names()) {
      const auto how = find_algorithm(name).value();
      const bool right = key.verifies(how, text, sign(own));
      BOOST_TEST(right == (name == own), own << " as " << name);
    }
  }
}

BOOST_AUTO_TEST_CASE(rsa_signatures_with_another_hash_or_padding_are_wrong) {
  const auto& made = issuer_with("RS256").key();
  const auto key = key_of(made.jwk());
  BOOST_TEST(!key.verifies(jose::algorithm::rs512, text, made.sign("RS256", text)));
  BOOST_TEST(!key.verifies(jose::algorithm::rs256, text, made.sign("RS512", text)));
  BOOST_TEST(!key.verifies(jose::algorithm::rs256, text, sign_with_pss(made)));
}

BOOST_AUTO_TEST_CASE(rsa_signatures_that_need_no_key_are_wrong) {
  const std::string zero(256, '\0');
  BOOST_TEST(!verified("RS256", zero));
  // Each power of one is one.
  auto one = zero;
  one.back() = '\x01';
  BOOST_TEST(!verified("RS256", one));
}

BOOST_AUTO_TEST_SUITE_END()
