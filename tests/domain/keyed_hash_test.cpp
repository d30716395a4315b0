// The hash of texts that clients choose.
#include "domain/keyed_hash.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using gantry::hash_key;
using gantry::sip_hash;

BOOST_AUTO_TEST_SUITE(keyed_hash)

// `openssl mac -macopt c-rounds:1 -macopt d-rounds:3 SIPHASH` of the bytes 0, 1, 2 … with the key
// of the paper.
BOOST_AUTO_TEST_CASE(it_is_siphash_1_3) {
  constexpr hash_key key{0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};
  constexpr std::uint64_t prefix = 0x0706050403020100ULL;
  std::string bytes;
  for (char byte = 8; byte < 23; ++byte)
    bytes += byte;
  const std::string_view text = bytes;
  BOOST_TEST(sip_hash(key, prefix, text.substr(0, 0)) == 0x369095118d299a8eULL);
  BOOST_TEST(sip_hash(key, prefix, text.substr(0, 1)) == 0x25a48eb36c063de4ULL);
  BOOST_TEST(sip_hash(key, prefix, text.substr(0, 7)) == 0xd320d86d2a519956ULL);
  BOOST_TEST(sip_hash(key, prefix, text.substr(0, 8)) == 0xcc4fdd1a7d908b66ULL);
  BOOST_TEST(sip_hash(key, prefix, text.substr(0, 15)) == 0x525a0e7fdae6c123ULL);
}

BOOST_AUTO_TEST_CASE(a_process_has_one_secret) {
  BOOST_TEST(gantry::keyed_hash("name") == gantry::keyed_hash("name"));
  BOOST_TEST(gantry::keyed_hash("name") != sip_hash({}, 0, "name"));
}

BOOST_AUTO_TEST_SUITE_END()
