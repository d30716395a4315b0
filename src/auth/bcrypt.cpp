#include "auth/bcrypt.hpp"

#include "base/text.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <stdexcept>

#include <crypt.h>

namespace gantry::auth {

namespace {

/// `$2y$10$`, then 22 characters of salt and 31 of hash.
constexpr std::size_t prefix_length = 7;
constexpr std::size_t hash_length = 60;

bool is_base64(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '/';
}

/// Empty if libcrypt refuses the setting. Its working memory is too large for a stack.
std::string crypt(std::string_view password, const char* setting) {
  const auto data = std::make_unique<crypt_data>();
  std::string secret{password.substr(0, longest_password)}; // libcrypt refuses more than 512 bytes
  const char* hash = ::crypt_r(secret.c_str(), setting, data.get());
  std::string made{hash && *hash != '*' ? hash : ""};
  ::OPENSSL_cleanse(secret.data(), secret.size());
  ::OPENSSL_cleanse(data.get(), sizeof *data);
  return made;
}

} // namespace

bool is_bcrypt(std::string_view text) noexcept {
  if (text.size() != hash_length || !text.starts_with("$2") || text[3] != '$' || text[6] != '$')
    return false;
  if (text[2] != 'a' && text[2] != 'b' && text[2] != 'y')
    return false;
  const auto cost = whole_number(text.substr(4, 2)).value_or(0);
  return cost >= 4 && cost <= 31 && std::ranges::all_of(text.substr(prefix_length), is_base64);
}

unsigned cost_of(std::string_view hash) noexcept {
  return static_cast<unsigned>(whole_number(hash.substr(4, 2)).value_or(0));
}

bool matches(std::string_view password, std::string_view hash) {
  // With any other setting libcrypt would fall back to older methods.
  if (!is_bcrypt(hash))
    return false;
  const auto made = crypt(password, std::string{hash}.c_str());
  return made.size() == hash.size() && password.find('\0') == std::string_view::npos &&
         ::CRYPTO_memcmp(made.data(), hash.data(), hash.size()) == 0;
}

std::string make_bcrypt(std::string_view password, unsigned cost) {
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  if (!::crypt_gensalt_rn("$2y$", cost, nullptr, 0, setting, sizeof setting))
    throw std::runtime_error{"libcrypt cannot make a salt for the cost " + std::to_string(cost)};
  auto made = crypt(password, setting);
  if (!is_bcrypt(made))
    throw std::runtime_error{"libcrypt cannot make a bcrypt hash"};
  return made;
}

} // namespace gantry::auth
