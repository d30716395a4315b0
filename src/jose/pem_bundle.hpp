// Reads keys in PEM: files of certificates and of public keys.
#pragma once

#include "jose/key_set.hpp"
#include "jose/refusal.hpp"

#include <cstddef>
#include <string_view>

namespace gantry::jose {

/// Bytes: a hundred certificates with remarks.
inline constexpr std::size_t max_pem_bundle_size = 1024 * 1024;

/// What distribution calls `rootcertbundle`. Each certificate is a root for the chains of tokens,
/// whatever its dates, and its key verifies tokens by itself; so does a bare key (`PUBLIC KEY`).
/// The keys have no `id`: tokens name them by fingerprint or thumbprint. Other blocks are skipped
/// with a complaint, text between them without one. Errors: too_large; document_invalid (a damaged
/// block, no block, more than `max_keys`).
outcome<read_keys> read_pem_bundle(std::string_view text);

} // namespace gantry::jose
