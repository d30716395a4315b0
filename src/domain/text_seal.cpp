#include "domain/text_seal.hpp"

#include "base/base64url.hpp"
#include "base/openssl_handle.hpp"
#include "base/random.hpp"

#include <openssl/evp.h>

#include <cstddef>
#include <stdexcept>

namespace gantry {

namespace {

constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

using cipher = openssl_handle<EVP_CIPHER_CTX, ::EVP_CIPHER_CTX_free>;

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

} // namespace

text_seal::text_seal() {
  fill_with_random(key_);
}

/// Nonce, text, tag.
std::string text_seal::close(std::string_view text) const {
  std::string sealed(nonce_size + text.size() + tag_size, '\0');
  auto* const nonce = bytes_of(sealed);
  auto* const body = nonce + nonce_size;
  fill_with_random({nonce, nonce_size});
  const cipher made{::EVP_CIPHER_CTX_new()};
  int length = 0;
  const bool done =
    made &&
    ::EVP_EncryptInit_ex(made.get(), ::EVP_aes_256_gcm(), nullptr, key_.data(), nonce) == 1 &&
    ::EVP_EncryptUpdate(made.get(), body, &length, bytes_of(text), static_cast<int>(text.size())) ==
      1 &&
    ::EVP_EncryptFinal_ex(made.get(), body + length, &length) == 1 &&
    ::EVP_CIPHER_CTX_ctrl(made.get(), EVP_CTRL_GCM_GET_TAG, tag_size, body + text.size()) == 1;
  if (!done)
    throw std::runtime_error{"a text cannot be encrypted"};
  return to_base64url(sealed);
}

std::optional<std::string> text_seal::open(std::string_view sealed) const {
  auto bytes = from_base64url(sealed);
  if (!bytes || bytes->size() < nonce_size + tag_size)
    return std::nullopt;
  const auto size = bytes->size() - nonce_size - tag_size;
  const auto* const body = bytes_of(*bytes) + nonce_size;
  std::string text(size, '\0');
  const cipher made{::EVP_CIPHER_CTX_new()};
  int length = 0;
  const bool done =
    made &&
    ::EVP_DecryptInit_ex(made.get(), ::EVP_aes_256_gcm(), nullptr, key_.data(), bytes_of(*bytes)) ==
      1 &&
    ::EVP_DecryptUpdate(made.get(), bytes_of(text), &length, body, static_cast<int>(size)) == 1 &&
    ::EVP_CIPHER_CTX_ctrl(made.get(), EVP_CTRL_GCM_SET_TAG, tag_size,
                          bytes_of(*bytes) + nonce_size + size) == 1 &&
    ::EVP_DecryptFinal_ex(made.get(), bytes_of(text) + length, &length) == 1;
  return done ? std::optional{std::move(text)} : std::nullopt;
}

} // namespace gantry
