// How a blob takes over a file instead of copying its bytes.
#pragma once

#include "storage/api/uploads.hpp"

#include <cstdint>
#include <functional>

namespace gantry::transfer {

enum class adoption : std::uint8_t {
  /// The engine cannot or will not: copy the bytes.
  none,
  /// The blob has the file itself, under a second name.
  linked,
  /// The blob has a file of its own that shares the blocks on the disk.
  cloned,
};

/// Makes the open file the content of an empty sink. The file must never be written to again.
/// Throws std::runtime_error.
using file_adopter = std::function<adoption(blob_sink& sink, int descriptor)>;

} // namespace gantry::transfer
