// Keyed hashing of texts that clients choose, so that they cannot compute collisions.
#pragma once

#include <cstdint>
#include <string_view>

namespace gantry {

struct hash_key {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

/// SipHash-1-3 of the eight bytes of `prefix`, least significant first, followed by `text`.
std::uint64_t sip_hash(const hash_key& key, std::uint64_t prefix, std::string_view text) noexcept;

/// A random key, constant for the life of the process.
const hash_key& process_hash_key();

/// For hash tables: `sip_hash` with the process key.
std::uint64_t keyed_hash(std::string_view text);

} // namespace gantry
