// Certificates that a chain must lead to.
#pragma once

#include "jose/public_key.hpp"
#include "jose/refusal.hpp"

#include <openssl/types.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::jose {

using certificate = std::shared_ptr<X509>;

/// The most certificates of a chain in a token, with the first and perhaps the root.
inline constexpr std::size_t max_chain = 5;

/// Null if `der` is not exactly one certificate.
certificate parse_certificate(std::string_view der);

/// Trusted certificates: authorities, and also those that issue nothing, which then end a chain of
/// one. Nothing else is trusted, and nothing is fetched or looked up elsewhere. Immutable and
/// therefore thread-safe; copies share the content.
class certificate_roots {
public:
  certificate_roots() = default;
  explicit certificate_roots(std::vector<certificate> trusted);

  bool empty() const noexcept { return trusted_.empty(); }
  std::span<const certificate> certificates() const noexcept { return trusted_; }

  /// The key of the first certificate of `chain` (DER, each issued by the next, the root may be
  /// missing), if the chain leads to a trusted one and all of its certificates are valid at `now`.
  /// Signatures with SHA-1 and keys with less than 112 bits of security do not count. Which purpose
  /// a certificate has does not matter, as in distribution. Errors: chain_refused; key_refused.
  outcome<public_key> leaf_key(std::span<const std::string> chain,
                               std::chrono::system_clock::time_point now) const;

private:
  std::vector<certificate> trusted_;
  std::shared_ptr<X509_STORE> store_;
};

} // namespace gantry::jose
