#include "auth/access_tokens.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace gantry::auth {

namespace {

constexpr std::string_view scheme = "bearer";
/// Bytes: a user's name of 255, with time and seal, in base64.
constexpr std::size_t longest_token = 512;

std::chrono::seconds seconds_of(access_tokens::time_point at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch());
}

} // namespace

std::optional<std::string_view> read_bearer(std::string_view field) {
  const auto space = field.find(' ');
  if (space != scheme.size() || !std::ranges::equal(field.substr(0, space), scheme, {}, &to_lower))
    return std::nullopt;
  return trim(field.substr(space));
}

access_tokens::access_tokens() {
  if (::RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1)
    throw std::runtime_error{"the system has no random bytes"};
}

std::string access_tokens::issue(std::string_view user, std::string_view proof,
                                 time_point now) const {
  const auto claim = std::to_string(seconds_of(now + lifetime).count()) + ":" + std::string{user};
  const auto sealed = seal_of(claim, proof);
  return to_base64(std::string{reinterpret_cast<const char*>(sealed.data()), sealed.size()} +
                   claim);
}

std::optional<std::string> access_tokens::user_of(std::string_view token, const proof_of& proof,
                                                  time_point now) const {
  if (token.size() > longest_token)
    return std::nullopt;
  const auto bytes = from_base64(token);
  if (!bytes || bytes->size() <= sizeof(seal))
    return std::nullopt;
  const auto claim = std::string_view{*bytes}.substr(sizeof(seal));
  const auto colon = claim.find(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  const auto user = claim.substr(colon + 1);
  const auto known = proof(user);
  if (!known)
    return std::nullopt;
  const auto sealed = seal_of(claim, *known);
  if (::CRYPTO_memcmp(sealed.data(), bytes->data(), sealed.size()) != 0)
    return std::nullopt;
  const auto end = whole_number(claim.substr(0, colon));
  if (!end || seconds_of(now) >= std::chrono::seconds{*end})
    return std::nullopt;
  return std::string{user};
}

access_tokens::seal access_tokens::seal_of(std::string_view claim, std::string_view proof) const {
  // The length tells where the claim ends.
  const auto text = std::to_string(claim.size()) + ":" + concat(claim, proof);
  seal made{};
  ::HMAC(::EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), made.data(), nullptr);
  return made;
}

} // namespace gantry::auth
