// Tokens that bring the certificates of their key.
#include "base/base64.hpp"
#include "jose/authorities.hpp"
#include "jose/judging.hpp"
#include "jose/pem_bundle.hpp"
#include "jose/samples.hpp"

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace gantry;
using namespace gantry::jose;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(token_chains)

namespace {

namespace json = boost::json;
using test::token_maker;

jose::key_set bundle(const std::string& pem) {
  return read_pem_bundle(pem).value().keys;
}

/// As `x5c`.
json::array chain_of(std::initializer_list<issued_certificate> certificates) {
  json::array list;
  for (const auto& one : certificates)
    list.emplace_back(to_base64(one.der()));
  return list;
}

/// Signed by the key of `leaf`, with this chain.
std::string chained(const issued_certificate& leaf, json::array chain,
                    const json::value& key_id = nullptr) {
  return token_maker{"ES256", "", leaf.key()}.make(good,
                                                   {{"x5c", std::move(chain)}, {"kid", key_id}});
}

/// The verdict on a chain at noon, when the token is good as well.
std::string judge_chained(const std::string& token, const jose::key_set& trusted,
                          std::chrono::system_clock::time_point now = noon) {
  return verdict(jose::verify(parse_token(token).value(), trusted, {algorithm_set::all(), now}));
}

} // namespace

BOOST_AUTO_TEST_CASE(a_chain_to_a_trusted_root_gives_the_key) {
  const auto root = make_root();
  const auto middle = make_authority("middle", root);
  const auto leaf = make_leaf(middle);
  const auto trusted = bundle(root.pem());
  const auto token = chained(leaf, chain_of({leaf, middle}));
  BOOST_TEST(judge_chained(token, trusted) == "accepted");
  // A name that no trusted key has does not hide the chain.
  BOOST_TEST(judge_chained(chained(leaf, chain_of({leaf, middle}), "leaf"), trusted) == "accepted");
  BOOST_TEST(judge_chained(token, trusted, last_hour + 1s) == "chain_refused");
  BOOST_TEST(judge_chained(token, trusted, first_hour - 1s) == "chain_refused");
}

BOOST_AUTO_TEST_CASE(other_chains_are_refused) {
  const auto root = make_root();
  const auto trusted = bundle(root.pem());
  const auto foreign = make_root();
  const auto stranger = make_leaf(foreign);
  const issued_certificate alone{request("leaf", false), signing_key::ec("P-256")};
  BOOST_TEST(judge_chained(chained(alone, chain_of({alone})), trusted) == "chain_refused");
  BOOST_TEST(judge_chained(chained(stranger, chain_of({stranger, foreign})), trusted) ==
             "chain_refused");
  BOOST_TEST(judge_chained(chained(stranger, chain_of({stranger, root})), trusted) ==
             "chain_refused");
  // A good chain beside another key.
  BOOST_TEST(judge_chained(chained(stranger, chain_of({make_leaf(root)})), trusted) ==
             "signature_wrong");
  // The key signs, but the certificate at the front is the root's.
  BOOST_TEST(judge_chained(chained(stranger, chain_of({root, stranger})), trusted) ==
             "signature_wrong");
  BOOST_TEST(judge_chained(chained(alone, {"AAAA"}), trusted) == "chain_refused");
}

BOOST_AUTO_TEST_CASE(a_chain_does_not_replace_a_key_that_is_named) {
  const auto root = make_root();
  const auto leaf = make_leaf(root);
  auto trusted = bundle(root.pem());
  trusted.add(trusting(issuer_with("ES256")));
  BOOST_TEST(judge_chained(chained(leaf, chain_of({leaf}), "ES256"), trusted) == "signature_wrong");
  // The key that is named is trusted, whatever else the token has.
  const auto foreign = make_root("foreign");
  const auto token = issuer_with("ES256").make(good, {{"x5c", chain_of({foreign})}});
  BOOST_TEST(judge_chained(token, trusted) == "accepted");
}

BOOST_AUTO_TEST_CASE(without_trusted_certificates_a_chain_is_not_used) {
  const auto& issuer = issuer_with("ES256");
  const issued_certificate own{request("leaf", false), issuer.key()};
  const json::object header{{"kid", nullptr}, {"x5c", chain_of({own})}};
  BOOST_TEST(judge(issuer.make(good, header), trusting(issuer)) == "accepted");
  const token_maker attacker{"ES256", "ES256"};
  const issued_certificate theirs{request("leaf", false), attacker.key()};
  BOOST_TEST(judge(attacker.make(good, {{"kid", nullptr}, {"x5c", chain_of({theirs})}}),
                   trusting(issuer)) == "signature_wrong");
}

BOOST_AUTO_TEST_CASE(the_key_of_a_chain_must_fit_the_algorithm) {
  const auto root = make_root();
  const auto leaf = make_leaf(root);
  const auto& other = issuer_with("EdDSA");
  const auto token = other.make(good, {{"kid", nullptr}, {"x5c", chain_of({leaf})}});
  BOOST_TEST(judge_chained(token, bundle(root.pem())) == "key_unknown");
}

BOOST_AUTO_TEST_CASE(the_certificate_of_a_token_service_may_be_the_bundle) {
  // As with distribution: one self-signed certificate, tokens with the name of its key.
  const issued_certificate service{request("auth", false), signing_key::ec("P-256")};
  const auto trusted = bundle(service.pem());
  const token_maker issuer{"ES256", key_of(service.key().jwk()).fingerprint(), service.key()};
  BOOST_TEST(judge_chained(issuer.make(good), trusted) == "accepted");
  BOOST_TEST(judge_chained(chained(service, chain_of({service})), trusted) == "accepted");
  // A key is trusted for as long as the bundle has it.
  BOOST_TEST(judge_chained(issuer.make(good), trusted, last_hour + 1s) == "accepted");
}

BOOST_AUTO_TEST_CASE(threads_verify_with_the_same_keys) {
  const auto root = make_root();
  const auto leaf = make_leaf(root);
  auto trusted = bundle(root.pem());
  trusted.add(trusting(issuer_with("RS256")));
  const std::vector<std::string> tokens{chained(leaf, chain_of({leaf})),
                                        issuer_with("RS256").make(good)};
  std::atomic<int> accepted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round)
        for (const auto& token : tokens)
          accepted +=
            jose::verify(parse_token(token).value(), trusted, {algorithm_set::all(), noon})
              .has_value();
    });
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(accepted == 4 * 20 * 2);
}

BOOST_AUTO_TEST_SUITE_END()
