// Reads keys in JSON: JWK Sets (RFC 7517).
#pragma once

#include "jose/key_set.hpp"
#include "jose/refusal.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <string_view>

namespace gantry::jose {

/// Bytes: a hundred keys, each with a chain of certificates.
inline constexpr std::size_t max_jwk_set_size = 1024 * 1024;

/// One key (RFC 7517, section 4): RSA, EC with P-256 or P-384, or OKP with Ed25519, for signatures.
/// A private part is not read. Errors: key_refused.
outcome<trusted_key> read_jwk(const boost::json::object& jwk);

/// The keys of a set that can verify tokens; others are skipped with a complaint, as RFC 7517 asks.
/// Errors: too_large; document_invalid (not strict JSON, no list of objects called `keys`, more
/// than `max_keys`).
outcome<read_keys> read_jwk_set(std::string_view document);

} // namespace gantry::jose
