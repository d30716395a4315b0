// Chains of certificates for tests.
#pragma once

#include "support/issued_certificate.hpp"

#include <chrono>
#include <string>

namespace gantry::jose {

using test::certificate_request;
using test::issued_certificate;
using test::signing_key;

/// Certificates are valid from this hour to `last_hour`.
inline constexpr std::chrono::sys_seconds first_hour{std::chrono::hours{480'000}};
inline constexpr auto last_hour = first_hour + std::chrono::hours{24};
/// Between them.
inline constexpr auto noon = first_hour + std::chrono::hours{12};

inline certificate_request request(std::string subject, bool is_authority) {
  return {std::move(subject), is_authority, first_hour, last_hour};
}

inline issued_certificate make_root(const std::string& name = "root") {
  return {request(name, true), signing_key::ec("P-256")};
}

/// An authority that another one vouches for.
inline issued_certificate make_authority(const std::string& name, const issued_certificate& by) {
  return {request(name, true), signing_key::ec("P-256"), by};
}

inline issued_certificate make_leaf(const issued_certificate& by) {
  return {request("leaf", false), signing_key::ec("P-256"), by};
}

} // namespace gantry::jose
