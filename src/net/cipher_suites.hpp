// The cipher suites that a server may offer, by the names of IANA.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::net {

/// The suites of OpenSSL's two lists, in the order of preference.
struct cipher_lists {
  /// For TLS 1.3.
  std::string suites;
  /// For TLS 1.2, in OpenSSL's names.
  std::string ciphers;
};

/// Splits `names` by version; empty means all. If none is for TLS 1.3, its usual ones stay, because
/// that version has no weak ones. Throws std::invalid_argument for a name that is not offered.
cipher_lists lists_of(const std::vector<std::string>& names);

/// All names, in the order of preference.
std::span<const std::string_view> cipher_suite_names() noexcept;

} // namespace gantry::net
