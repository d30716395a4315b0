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

/// What a client's certificate must be; one that does not count is always refused.
enum class client_certificates : std::uint8_t {
  /// A client may have none.
  if_given,
  required,
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
  /// PEM files of the authorities whose certificates clients may show. Empty: clients are not asked
  /// for any.
  std::vector<std::string> client_authorities = {};
  /// Counts if there are such authorities.
  client_certificates clients = client_certificates::required;

  bool operator==(const tls_options&) const = default;
};

} // namespace gantry::net
