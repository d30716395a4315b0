// What the verified certificate of a client says.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

struct asn1_string_st;
struct x509_st;

namespace gantry::net {

/// All texts are UTF-8.
struct peer_certificate {
  /// No name in a certificate may be longer. Bytes.
  static constexpr std::size_t longest_name = 255;

  /// Of the subject; the most specific one (the last) if there are several. Empty if there is none.
  std::string common_name = {};
  /// Of the subject.
  std::vector<std::string> organisations = {};
  std::vector<std::string> organisational_units = {};
  /// Alternative names of the subject, in the order of the certificate.
  std::vector<std::string> dns_names = {};
  std::vector<std::string> emails = {};
  std::vector<std::string> uris = {};
  /// For logs: the serial number, and the SHA-256 of the certificate, in hexadecimal digits.
  std::string serial = {};
  std::string fingerprint = {};
  /// When the certificate, or an authority above it, expires.
  std::chrono::system_clock::time_point valid_until = {};
  /// One of the names above cannot be read, holds a NUL or another control character, or is longer
  /// than `longest_name`. It is left out; what remains must not be taken for the whole.
  bool has_bad_name = false;
};

/// Reads the names, not `valid_until`.
peer_certificate read_certificate(const x509_st* certificate);

/// The time, rounded to seconds; the epoch if it cannot be read.
std::chrono::system_clock::time_point time_of(const asn1_string_st* time);

} // namespace gantry::net
