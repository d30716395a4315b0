#include "net/ticket_keys.hpp"

#include "base/random.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace gantry::net {

namespace {

constexpr std::size_t secret_size = 32;

} // namespace

struct ticket_keys::key {
  key() {
    fill_with_random(id);
    fill_with_random(encryption);
    fill_with_random(authentication);
  }
  key(const key&) = delete;
  key& operator=(const key&) = delete;
  ~key() {
    ::OPENSSL_cleanse(encryption.data(), encryption.size());
    ::OPENSSL_cleanse(authentication.data(), authentication.size());
  }

  bool is_called(const unsigned char* name) const noexcept {
    return std::memcmp(id.data(), name, id.size()) == 0;
  }

  name id{};
  std::array<unsigned char, secret_size> encryption{};
  std::array<unsigned char, secret_size> authentication{};
};

struct ticket_keys::key_pair {
  /// With a new key, at `begin`.
  key_pair(std::shared_ptr<const key> before, clock::time_point begin)
    : newest{std::make_shared<const key>()}, old{std::move(before)}, since{begin} {}

  std::shared_ptr<const key> newest;
  /// Null at first.
  std::shared_ptr<const key> old;
  clock::time_point since;
};

ticket_keys::ticket_keys(std::function<clock::time_point()> now)
  : now_{std::move(now)},
    cipher_{::EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr)},
    keys_{std::make_shared<const key_pair>(nullptr, now_())} {}

ticket_keys::~ticket_keys() {
  ::EVP_CIPHER_free(cipher_);
}

std::shared_ptr<const ticket_keys::key_pair> ticket_keys::take() {
  const auto now = now_();
  const lock_guard lock{mutex_};
  const auto age = now - keys_->since;
  if (age >= 2 * lifetime)
    keys_ = std::make_shared<const key_pair>(nullptr, now);
  else if (age >= lifetime)
    keys_ = std::make_shared<const key_pair>(keys_->newest, now);
  return keys_;
}

bool ticket_keys::prepare(const key& chosen, const unsigned char* vector, bool encrypts,
                          evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac) const {
  auto* const secret = const_cast<unsigned char*>(chosen.authentication.data());
  char digest[] = "SHA256";
  const std::array parameters{
    ::OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, secret, secret_size),
    ::OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
    ::OSSL_PARAM_construct_end()};
  return ::EVP_CipherInit_ex2(cipher, cipher_, chosen.encryption.data(), vector, encrypts ? 1 : 0,
                              nullptr) == 1 &&
         ::EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
}

bool ticket_keys::encrypt(unsigned char* key_name, unsigned char* vector, evp_cipher_ctx_st* cipher,
                          evp_mac_ctx_st* mac) {
  const auto keys = take();
  std::ranges::copy(keys->newest->id, key_name);
  return ::RAND_bytes(vector, static_cast<int>(sizeof(initial_vector))) == 1 &&
         prepare(*keys->newest, vector, true, cipher, mac);
}

ticket_keys::found ticket_keys::decrypt(const unsigned char* key_name, const unsigned char* vector,
                                        evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac) {
  const auto keys = take();
  const bool is_newest = keys->newest->is_called(key_name);
  const auto& chosen = is_newest ? keys->newest : keys->old;
  if (!chosen || !chosen->is_called(key_name))
    return found::unknown;
  if (!prepare(*chosen, vector, false, cipher, mac))
    return found::failed;
  return is_newest ? found::current : found::old;
}

} // namespace gantry::net
