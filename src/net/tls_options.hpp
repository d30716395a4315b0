// What a server needs to speak TLS.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::net {

/// PEM files.
struct certificate_files {
  /// The server's certificate, followed by those that lead to the authority.
  std::string chain;
  /// The private key of the first one, without a password.
  std::string key;

  bool operator==(const certificate_files&) const = default;
};

enum class tls_version : std::uint8_t { tls1_2, tls1_3 };

struct tls_options {
  /// Empty: no TLS. A client that names a host gets the first certificate for that name; others get
  /// the first of all.
  std::vector<certificate_files> certificates;
  tls_version minimum = tls_version::tls1_2;
  /// In the order of preference, by IANA's names, which Go and distribution use:
  /// `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`. Empty: those with forward secrecy and authenticated
  /// encryption.
  std::vector<std::string> cipher_suites;

  bool operator==(const tls_options&) const = default;
};

} // namespace gantry::net
