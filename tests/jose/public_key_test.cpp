// Which public keys are accepted, and what they are called.
#include "jose/public_key.hpp"

#include "base/base64url.hpp"
#include "jose/samples.hpp"
#include "support/signing_key.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/err.h>

#include <string>

using namespace gantry;
using namespace gantry::jose;

BOOST_AUTO_TEST_SUITE(public_key)

namespace {

using test::signing_key;
using key = gantry::jose::public_key;

std::string member(const signing_key& of, const char* name) {
  return from_base64url(std::string{of.jwk().at(name).as_string()}).value();
}

std::string accepted_type(const outcome<key>& made) {
  return made ? std::string{to_string(made->type())} : made.error().detail;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_key_of_each_type_is_made_of_its_numbers_and_of_openssls_key) {
  for (const auto* alg : {"RS256", "ES256", "ES384", "EdDSA"}) {
    const auto& made = issuer_with(alg).key();
    const auto of_numbers = key_of(made.jwk());
    const auto of_openssl = key::of(made.get()).value();
    BOOST_TEST((of_numbers.type() == of_openssl.type()), alg);
    BOOST_TEST(of_numbers.thumbprint() == of_openssl.thumbprint(), alg);
    BOOST_TEST(of_numbers.fingerprint() == of_openssl.fingerprint(), alg);
    BOOST_TEST((of_numbers.type() == key_type_of(find_algorithm(alg).value())), alg);
  }
}

BOOST_AUTO_TEST_CASE(leading_zeros_of_rsa_numbers_do_not_count) {
  const auto& made = issuer_with("RS256").key();
  const std::string zeros(3, '\0');
  const auto padded = key::rsa(zeros + member(made, "n"), zeros + member(made, "e")).value();
  BOOST_TEST(padded.thumbprint() == key_of(made.jwk()).thumbprint());
}

BOOST_AUTO_TEST_CASE(short_and_even_rsa_moduli_are_refused) {
  const auto small = signing_key::rsa(1024);
  BOOST_TEST(accepted_type(key::of(small.get())) == "an RSA key has fewer than 2048 bits");
  const std::string exponent{"\x01\x00\x01", 3};
  BOOST_TEST(accepted_type(key::rsa(member(small, "n"), exponent)) ==
             "an RSA key has fewer than 2048 bits");
  BOOST_TEST(accepted_type(key::rsa("", exponent)) == "an RSA key has fewer than 2048 bits");
  auto modulus = member(issuer_with("RS256").key(), "n");
  // 2047 bits.
  auto shorter = modulus;
  shorter.front() = '\x7f';
  BOOST_TEST(accepted_type(key::rsa(shorter, exponent)) == "an RSA key has fewer than 2048 bits");
  modulus.back() = static_cast<char>(modulus.back() & 0xFE);
  BOOST_TEST(accepted_type(key::rsa(modulus, exponent)) == "the modulus of an RSA key is even");
}

BOOST_AUTO_TEST_CASE(rsa_moduli_that_openssl_would_not_use_are_refused) {
  const std::string exponent{"\x01\x00\x01", 3};
  const std::string longest(max_rsa_bits / 8, '\xff');
  BOOST_TEST(accepted_type(key::rsa(longest, exponent)) == "RSA");
  BOOST_TEST(accepted_type(key::rsa("\x01" + longest, exponent)) ==
             "an RSA key has more than 16384 bits");
  BOOST_TEST(accepted_type(key::rsa(std::string(1'000'000, '\xff'), exponent)) ==
             "an RSA key has more than 16384 bits");
}

BOOST_AUTO_TEST_CASE(tiny_even_and_huge_rsa_exponents_are_refused) {
  const auto modulus = member(issuer_with("RS256").key(), "n");
  const std::string wrong =
    "the exponent of an RSA key is even, below 65537 or longer than 64 bits";
  using namespace std::string_literals;
  for (const auto& exponent :
       {""s, "\0"s, "\x01"s, "\x03"s, "\x11"s, "\xff\xff"s, "\x01\x00\x00"s, "\x01\x00\x02"s,
        "\x01\0\0\0\0\0\0\0\x01"s, std::string(500, '\xff')})
    BOOST_TEST(accepted_type(key::rsa(modulus, exponent)) == wrong);
  for (const auto& exponent :
       {"\x01\x00\x01"s, "\x01\x00\x03"s, "\x01\0\0\0\x01"s, std::string(8, '\xff')})
    BOOST_TEST(accepted_type(key::rsa(modulus, exponent)) == "RSA");
}

BOOST_AUTO_TEST_CASE(points_beside_their_curve_are_refused) {
  const std::string wrong = "an EC key is not a point on its curve";
  for (const auto* alg : {"ES256", "ES384"}) {
    const auto& made = issuer_with(alg).key();
    const auto curve = key_type_of(find_algorithm(alg).value());
    const auto x = member(made, "x");
    auto y = member(made, "y");
    BOOST_TEST(accepted_type(key::ec(curve, x, y)) == to_string(curve));
    const std::string zero(x.size(), '\0');
    const std::string ones(x.size(), '\xff'); // not below the prime
    BOOST_TEST(accepted_type(key::ec(curve, zero, zero)) == wrong);
    BOOST_TEST(accepted_type(key::ec(curve, ones, y)) == wrong);
    y.back() = static_cast<char>(y.back() ^ 1);
    BOOST_TEST(accepted_type(key::ec(curve, x, y)) == wrong);
  }
  BOOST_TEST(::ERR_peek_error() == 0u);
}

BOOST_AUTO_TEST_CASE(coordinates_have_exactly_the_length_of_their_field) {
  const std::string wrong = "a coordinate of an EC key has a wrong length";
  const auto& made = issuer_with("ES256").key();
  const auto x = member(made, "x");
  const auto y = member(made, "y");
  for (const auto& other : {std::string{}, x.substr(1), std::string(1, '\0') + x, x + x}) {
    BOOST_TEST(accepted_type(key::ec(key_type::p256, other, y)) == wrong);
    BOOST_TEST(accepted_type(key::ec(key_type::p256, y, other)) == wrong);
  }
  BOOST_TEST(accepted_type(key::ec(key_type::p384, x, y)) == wrong);
}

BOOST_AUTO_TEST_CASE(an_ed25519_key_has_32_bytes) {
  for (const std::size_t size : {0, 31, 33, 57, 64})
    BOOST_TEST(accepted_type(key::ed25519(std::string(size, 'x'))) ==
               "an Ed25519 key has 32 bytes");
  BOOST_TEST(accepted_type(key::ed25519(std::string(32, 'x'))) == "Ed25519");
}

BOOST_AUTO_TEST_CASE(keys_of_other_types_are_refused) {
  const auto other = signing_key::ec("P-521");
  BOOST_TEST(accepted_type(key::of(other.get())) ==
             "keys of this type verify no token: RSA, EC P-256 and P-384, and Ed25519 do");
  BOOST_TEST(::ERR_peek_error() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
