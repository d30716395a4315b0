// Certificates for the keys of tokens.
#pragma once

#include "support/signing_key.hpp"

#include <openssl/types.h>

#include <chrono>
#include <memory>
#include <string>

namespace gantry::test {

struct certificate_request {
  std::string subject = "leaf";
  /// Whether it may issue certificates.
  bool is_authority = false;
  std::chrono::sys_seconds from = {};
  std::chrono::sys_seconds until = {};
  /// What signs it, as OpenSSL calls it.
  std::string hash = "SHA256";
};

/// A certificate with the key that it is about.
class issued_certificate {
public:
  /// Self-signed.
  issued_certificate(const certificate_request& asked, signing_key key);
  /// Issued by `issuer`.
  issued_certificate(const certificate_request& asked, signing_key key,
                     const issued_certificate& issuer);

  const signing_key& key() const noexcept { return key_; }
  std::string der() const;
  std::string pem() const;

private:
  void fill(const certificate_request& asked, X509* issuer, const signing_key& issuer_key);

  signing_key key_;
  std::shared_ptr<X509> made_;
};

} // namespace gantry::test
