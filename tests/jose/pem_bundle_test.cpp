// Keys in PEM.
#include "jose/pem_bundle.hpp"

#include "base/base64.hpp"
#include "jose/authorities.hpp"
#include "jose/samples.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/err.h>

#include <string>

using namespace gantry;
using namespace gantry::jose;

BOOST_AUTO_TEST_SUITE(pem_bundle)

namespace {

/// A block with this name.
std::string block(const std::string& name, const std::string& base64) {
  return "-----BEGIN " + name + "-----\n" + base64 + "\n-----END " + name + "-----\n";
}

std::string complaint_about(const std::string& text) {
  const auto read = read_pem_bundle(text).value();
  BOOST_TEST(read.keys.keys().size() + read.complaints.size() == 1u);
  BOOST_TEST(::ERR_peek_error() == 0u, "errors of OpenSSL are left behind");
  return read.complaints.empty() ? "" : read.complaints.front();
}

} // namespace

BOOST_AUTO_TEST_CASE(public_keys_are_read) {
  std::string text = "# Keys of the token service\n";
  for (const auto* alg : {"RS256", "ES256", "ES384", "EdDSA"})
    text += std::string{alg} + ":\n" + issuer_with(alg).key().public_pem() + "\n";
  const auto read = read_pem_bundle(text).value();
  BOOST_TEST(read.complaints.empty());
  BOOST_TEST(read.keys.keys().size() == 4u);
  BOOST_TEST(read.keys.roots().empty());
  for (const auto* alg : {"RS256", "ES256", "ES384", "EdDSA"}) {
    const auto key = key_of(issuer_with(alg).key().jwk());
    BOOST_TEST(read.keys.find(key.fingerprint()).size() == 1u, alg);
    BOOST_TEST(read.keys.find(key.thumbprint()).size() == 1u, alg);
  }
}

BOOST_AUTO_TEST_CASE(a_certificate_is_a_key_and_a_root) {
  const auto root = make_root();
  const auto read = read_pem_bundle(root.pem() + make_root("other").pem()).value();
  BOOST_TEST(read.complaints.empty());
  BOOST_TEST(read.keys.keys().size() == 2u);
  BOOST_TEST(read.keys.roots().certificates().size() == 2u);
  const std::vector<std::string> chain{make_leaf(root).der()};
  BOOST_TEST(verdict(read.keys.roots().leaf_key(chain, noon)) == "accepted");
  BOOST_TEST(read.keys.find(key_of(root.key().jwk()).fingerprint()).size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_authority_whose_key_verifies_no_token_is_still_a_root) {
  const issued_certificate root{request("root", true), signing_key::ec("P-521")};
  const auto read = read_pem_bundle(root.pem()).value();
  BOOST_TEST(read.complaints.size() == 1u);
  BOOST_TEST(read.keys.keys().empty());
  const std::vector<std::string> chain{make_leaf(root).der()};
  BOOST_TEST(verdict(read.keys.roots().leaf_key(chain, noon)) == "accepted");
}

BOOST_AUTO_TEST_CASE(other_blocks_are_skipped) {
  const auto& key = issuer_with("ES256").key();
  BOOST_TEST(complaint_about(key.private_pem()) ==
             "block 1: 'PRIVATE KEY' is neither a certificate nor a public key");
  BOOST_TEST(complaint_about(block("RSA PUBLIC KEY", "AAAA")) ==
             "block 1: 'RSA PUBLIC KEY' is neither a certificate nor a public key");
  BOOST_TEST(complaint_about(block("PUBLIC KEY", "AAAA")) == "block 1: it is not a public key");
  BOOST_TEST(complaint_about(block("PUBLIC KEY", to_base64(key.public_der() + "more"))) ==
             "block 1: it is not a public key");
  BOOST_TEST(complaint_about(block("CERTIFICATE", "AAAA")) == "block 1: it is not a certificate");
  BOOST_TEST(complaint_about(signing_key::ec("P-521").public_pem()) ==
             "block 1: keys of this type verify no token: RSA, EC P-256 and P-384, and Ed25519 do");
  BOOST_TEST(complaint_about(signing_key::rsa(1024).public_pem()) ==
             "block 1: an RSA key has fewer than 2048 bits");
}

BOOST_AUTO_TEST_CASE(one_bad_block_does_not_spoil_the_others) {
  const auto good = issuer_with("ES256").key().public_pem();
  const auto read =
    read_pem_bundle(block("CERTIFICATE", "AAAA") + good + block("OTHER", "AAAA")).value();
  BOOST_TEST(read.complaints.size() == 2u);
  BOOST_TEST(read.complaints.back().starts_with("block 3: "));
  BOOST_TEST(read.keys.keys().size() == 1u);
}

BOOST_AUTO_TEST_CASE(files_without_blocks_and_damaged_ones_are_refused) {
  const auto good = issuer_with("ES256").key().public_pem();
  for (const auto& text :
       {std::string{}, std::string{"nothing"}, std::string{"-----BEGIN"}, good.substr(0, 60),
        good.substr(0, good.size() - 20), good + good.substr(0, 60), block("PUBLIC KEY", "***"),
        std::string{"-----BEGIN A-----\nAAAA\n-----END B-----\n"}})
    BOOST_TEST(verdict(read_pem_bundle(text)) == "document_invalid", text);
  BOOST_TEST(::ERR_peek_error() == 0u);
  BOOST_TEST(detail(read_pem_bundle(good + good.substr(0, 60))) == "block 2 is damaged");
}

BOOST_AUTO_TEST_CASE(files_are_bounded) {
  const auto good = issuer_with("ES256").key().public_pem();
  const auto padding = std::string(max_pem_bundle_size - good.size() - 1, '#') + "\n";
  BOOST_TEST(verdict(read_pem_bundle(padding + good)) == "accepted");
  BOOST_TEST(verdict(read_pem_bundle("#" + padding + good)) == "too_large");
  std::string many;
  for (std::size_t i = 0; i < max_keys; ++i)
    many += block("OTHER", "AAAA");
  BOOST_TEST(read_pem_bundle(many)->complaints.size() == max_keys);
  BOOST_TEST(verdict(read_pem_bundle(many + good)) == "document_invalid");
}

BOOST_AUTO_TEST_SUITE_END()
