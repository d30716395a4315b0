// Chains of certificates: those that lead to a trusted one, and all others.
#include "jose/certificate_roots.hpp"

#include "jose/authorities.hpp"
#include "jose/samples.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/err.h>

#include <string>
#include <vector>

using namespace gantry;
using namespace gantry::jose;

BOOST_AUTO_TEST_SUITE(certificate_roots)

namespace {

using roots = gantry::jose::certificate_roots;
using chain = std::vector<std::string>;

roots trust(std::initializer_list<issued_certificate> trusted) {
  std::vector<certificate> parsed;
  for (const auto& one : trusted)
    parsed.push_back(parse_certificate(one.der()));
  return roots{parsed};
}

std::string judge(const roots& trusted, const chain& sent,
                  std::chrono::system_clock::time_point now = noon) {
  const auto judged = detail(trusted.leaf_key(sent, now));
  BOOST_TEST(::ERR_peek_error() == 0u, "errors of OpenSSL are left behind");
  return judged;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_key_of_a_chain_to_a_trusted_root_is_the_leafs) {
  const auto root = make_root();
  const auto leaf = make_leaf(root);
  const auto key = trust({root}).leaf_key(chain{leaf.der()}, noon).value();
  BOOST_TEST(key.thumbprint() == key_of(leaf.key().jwk()).thumbprint());
  BOOST_TEST(judge(trust({make_root("another"), root}), {leaf.der()}) == "accepted");
}

BOOST_AUTO_TEST_CASE(the_chain_may_contain_its_root) {
  const auto root = make_root();
  BOOST_TEST(judge(trust({root}), {make_leaf(root).der(), root.der()}) == "accepted");
}

BOOST_AUTO_TEST_CASE(authorities_between_leaf_and_root_are_in_the_chain) {
  const auto root = make_root();
  const auto middle = make_authority("middle", root);
  const auto leaf = make_leaf(middle);
  BOOST_TEST(judge(trust({root}), {leaf.der(), middle.der()}) == "accepted");
  BOOST_TEST(judge(trust({root}), {leaf.der()}) == "unable to get local issuer certificate");
}

BOOST_AUTO_TEST_CASE(a_trusted_authority_needs_no_root) {
  const auto root = make_root();
  const auto middle = make_authority("middle", root);
  const auto leaf = make_leaf(middle);
  BOOST_TEST(judge(trust({middle}), {leaf.der()}) == "accepted");
  BOOST_TEST(judge(trust({middle}), {make_leaf(root).der()}) ==
             "unable to get local issuer certificate");
}

BOOST_AUTO_TEST_CASE(a_trusted_certificate_may_sign_by_itself) {
  const issued_certificate alone{request("alone", false), signing_key::ec("P-256")};
  BOOST_TEST(judge(trust({alone}), {alone.der()}) == "accepted");
  const auto leaf = make_leaf(make_root());
  BOOST_TEST(judge(trust({leaf}), {leaf.der()}) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_self_signed_certificate_is_not_trusted) {
  const auto root = make_root();
  const issued_certificate own{request("leaf", false), signing_key::ec("P-256")};
  BOOST_TEST(judge(trust({root}), {own.der()}) == "self-signed certificate");
  // Nor is one that has the root's name.
  BOOST_TEST(judge(trust({root}), {make_root().der()}) != "accepted");
}

BOOST_AUTO_TEST_CASE(a_foreign_root_is_not_trusted) {
  const auto root = make_root("root");
  const auto foreign = make_root("foreign");
  BOOST_TEST(judge(trust({root}), {make_leaf(foreign).der(), foreign.der()}) ==
             "self-signed certificate in certificate chain");
  // With the trusted one appended, and with its name.
  BOOST_TEST(judge(trust({root}), {make_leaf(foreign).der(), root.der()}) != "accepted");
  const auto impostor = make_root("root");
  BOOST_TEST(judge(trust({root}), {make_leaf(impostor).der()}) == "certificate signature failure");
  BOOST_TEST(judge(trust({root}), {make_leaf(impostor).der(), impostor.der()}) != "accepted");
}

BOOST_AUTO_TEST_CASE(a_leaf_cannot_issue_another_one) {
  const auto root = make_root();
  const issued_certificate leaf{request("no authority", false), signing_key::ec("P-256"), root};
  BOOST_TEST(judge(trust({root}), {make_leaf(leaf).der(), leaf.der()}) == "invalid CA certificate");
}

BOOST_AUTO_TEST_CASE(certificates_are_valid_between_their_dates) {
  using std::chrono::seconds;
  const auto root = make_root();
  const auto trusted = trust({root});
  const chain sent{make_leaf(root).der()};
  BOOST_TEST(judge(trusted, sent, first_hour) == "accepted");
  BOOST_TEST(judge(trusted, sent, last_hour - seconds{1}) == "accepted");
  BOOST_TEST(judge(trusted, sent, first_hour - seconds{1}) == "certificate is not yet valid");
  BOOST_TEST(judge(trusted, sent, last_hour + seconds{1}) == "certificate has expired");
}

BOOST_AUTO_TEST_CASE(every_certificate_of_a_chain_must_be_valid) {
  const std::chrono::hours one{1};
  const issued_certificate root{{"root", true, first_hour, last_hour + 2 * one},
                                signing_key::ec("P-256")};
  const auto middle = make_authority("middle", root);
  const issued_certificate leaf{
    {"leaf", false, first_hour, last_hour + one}, signing_key::ec("P-256"), middle};
  const chain sent{leaf.der(), middle.der()};
  BOOST_TEST(judge(trust({root}), sent) == "accepted");
  BOOST_TEST(judge(trust({root}), sent, last_hour + std::chrono::minutes{1}) ==
             "certificate has expired");
}

BOOST_AUTO_TEST_CASE(a_chain_has_at_most_five_certificates) {
  const auto root = make_root();
  std::vector<issued_certificate> made{root};
  for (int i = 1; i < 6; ++i)
    made.push_back(make_authority("authority " + std::to_string(i), made.back()));
  const auto chain_of = [&](std::size_t authorities) {
    chain sent{make_leaf(made[authorities]).der()};
    for (auto i = authorities; i > 0; --i)
      sent.push_back(made[i].der());
    return sent;
  };
  BOOST_TEST(judge(trust({root}), chain_of(4)) == "accepted");
  BOOST_TEST(judge(trust({root}), chain_of(5)) == "the chain has more than 5 certificates");
  // A certificate that is trusted need not be sent.
  auto short_one = chain_of(5);
  short_one.pop_back();
  BOOST_TEST(judge(trust({root, made[1]}), short_one) == "accepted");
}

BOOST_AUTO_TEST_CASE(weak_hashes_and_keys_do_not_count) {
  const auto root = make_root();
  auto weak = request("leaf", false);
  weak.hash = "SHA1";
  const issued_certificate hashed{weak, signing_key::ec("P-256"), root};
  BOOST_TEST(judge(trust({root}), {hashed.der()}) == "CA signature digest algorithm too weak");
  const issued_certificate keyed{request("leaf", false), signing_key::rsa(1024), root};
  BOOST_TEST(judge(trust({root}), {keyed.der()}) == "EE certificate key too weak");
}

BOOST_AUTO_TEST_CASE(a_leaf_with_a_key_of_another_type_is_refused) {
  const auto root = make_root();
  const issued_certificate leaf{request("leaf", false), signing_key::ec("P-521"), root};
  const auto refused = trust({root}).leaf_key(chain{leaf.der()}, noon);
  BOOST_TEST(verdict(refused) == "key_refused");
}

BOOST_AUTO_TEST_CASE(what_is_no_certificate_is_refused) {
  const auto root = make_root();
  const auto leaf = make_leaf(root).der();
  const auto wrong = "the chain is not one of certificates";
  const std::string garbage(300, 'x');
  for (const auto& sent :
       {chain{}, chain{""}, chain{garbage}, chain{leaf, garbage}, chain{leaf, ""},
        chain{leaf + '\0'}, chain{leaf.substr(0, leaf.size() - 1)}, chain{make_root().pem()}})
    BOOST_TEST(judge(trust({root}), sent) == wrong);
  BOOST_TEST(judge(roots{}, {leaf}) == "no certificate is trusted");
}

BOOST_AUTO_TEST_SUITE_END()
