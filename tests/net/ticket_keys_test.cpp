#include "net/ticket_keys.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/evp.h>

#include <array>
#include <chrono>
#include <memory>

using namespace gantry::net;
using namespace std::chrono_literals;

namespace {

constexpr auto lifetime = ticket_keys::lifetime;

struct own_keys {
  using found = ticket_keys::found;

  ticket_keys::clock::time_point now{};
  ticket_keys keys{[this] { return now; }};
  const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> cipher{::EVP_CIPHER_CTX_new(),
                                                                          ::EVP_CIPHER_CTX_free};
  const std::unique_ptr<EVP_MAC, void (*)(EVP_MAC*)> kind{::EVP_MAC_fetch(nullptr, "HMAC", nullptr),
                                                          ::EVP_MAC_free};
  const std::unique_ptr<EVP_MAC_CTX, void (*)(EVP_MAC_CTX*)> mac{::EVP_MAC_CTX_new(kind.get()),
                                                                 ::EVP_MAC_CTX_free};
  ticket_keys::initial_vector vector{};

  ticket_keys::name issue() {
    ticket_keys::name name{};
    BOOST_REQUIRE(keys.encrypt(name.data(), vector.data(), cipher.get(), mac.get()));
    return name;
  }
  found find(const ticket_keys::name& name) {
    return keys.decrypt(name.data(), vector.data(), cipher.get(), mac.get());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ticket_keys, own_keys)

BOOST_AUTO_TEST_CASE(a_key_is_replaced_and_then_forgotten) {
  const auto first = issue();
  BOOST_TEST((find(first) == found::current));
  now += lifetime;
  BOOST_TEST((find(first) == found::old));
  const auto second = issue();
  BOOST_TEST((second != first));
  BOOST_TEST((find(second) == found::current));
  now += lifetime;
  BOOST_TEST((find(first) == found::unknown));
  BOOST_TEST((find(second) == found::old));
}

BOOST_AUTO_TEST_CASE(after_a_long_pause_no_key_is_left) {
  const auto first = issue();
  now += 2 * lifetime;
  BOOST_TEST((find(first) == found::unknown));
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_unknown) {
  BOOST_TEST((find({}) == found::unknown));
}

BOOST_AUTO_TEST_SUITE_END()
