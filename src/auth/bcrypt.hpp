// bcrypt hashes of passwords, by libcrypt. Making and checking one takes milliseconds, twice as
// many with each step of the cost: 40 ms at 10.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gantry::auth {

/// Bytes; bcrypt ignores what follows.
inline constexpr std::size_t longest_password = 72;

/// Whether the text is a bcrypt hash: `$2a$`, `$2b$` or `$2y$`, a cost from 4 to 31, salt and hash.
bool is_bcrypt(std::string_view text) noexcept;

/// The cost of a bcrypt hash. Precondition: `is_bcrypt`.
unsigned cost_of(std::string_view hash) noexcept;

/// Whether the hash is that of the password. Only the first 72 bytes of a password count. False for
/// a text that is no bcrypt hash, and for a password with a zero byte.
bool matches(std::string_view password, std::string_view hash);

/// A `$2y$` hash with a random salt. `cost` is 4 to 31. Throws std::runtime_error if libcrypt
/// fails.
std::string make_bcrypt(std::string_view password, unsigned cost);

} // namespace gantry::auth
