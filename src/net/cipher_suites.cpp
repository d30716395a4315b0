#include "net/cipher_suites.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <stdexcept>

namespace gantry::net {

namespace {

/// AES-128 first: it is as safe as the others here, and the fastest on processors with AES. Those
/// without forward secrecy or authenticated encryption are not offered.
constexpr std::array<std::string_view, 9> names{"TLS_AES_128_GCM_SHA256",
                                                "TLS_AES_256_GCM_SHA384",
                                                "TLS_CHACHA20_POLY1305_SHA256",
                                                "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                                                "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                                                "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                                                "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"};

/// OpenSSL's name of each; those of TLS 1.3 have no other.
constexpr std::array<std::string_view, 9> openssl_names{
  "TLS_AES_128_GCM_SHA256",        "TLS_AES_256_GCM_SHA384",        "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",   "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",   "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"};

constexpr std::size_t count_of_1_3 = 3;

void append(std::string& list, std::string_view name) {
  if (!list.empty())
    list += ':';
  list += name;
}

std::size_t index_of(std::string_view name) {
  const auto* const found = std::ranges::find(names, name);
  if (found != names.end())
    return static_cast<std::size_t>(std::distance(names.begin(), found));
  std::string known;
  for (const auto each : names)
    known.append(known.empty() ? "" : ", ").append(each);
  throw std::invalid_argument{"the cipher suite '" + std::string{name} +
                              "' is not offered; those that are: " + known};
}

} // namespace

std::span<const std::string_view> cipher_suite_names() noexcept {
  return names;
}

cipher_lists lists_of(const std::vector<std::string>& chosen) {
  cipher_lists lists;
  for (const auto& name : chosen) {
    const auto index = index_of(name);
    append(index < count_of_1_3 ? lists.suites : lists.ciphers, openssl_names[index]);
  }
  if (lists.suites.empty())
    for (const auto name : std::span{openssl_names}.first<count_of_1_3>())
      append(lists.suites, name);
  if (chosen.empty())
    for (const auto name : std::span{openssl_names}.subspan<count_of_1_3>())
      append(lists.ciphers, name);
  return lists;
}

} // namespace gantry::net
