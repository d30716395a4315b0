// Random bytes for keys and names.
#pragma once

#include <span>

namespace gantry {

/// Fills with bytes from the kernel, because OpenSSL's generator takes a millisecond to start and
/// is no faster for so few. At most 256 bytes. Throws std::system_error.
void fill_with_random(std::span<unsigned char> bytes);

} // namespace gantry
