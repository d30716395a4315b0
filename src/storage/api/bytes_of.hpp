// The bytes of a blob for threads that may wait: exports, scrubs, tests.
#pragma once

#include "storage/api/blob.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace gantry {

/// Calls `visit` with one piece after another until it returns false. Errors: storage_failed (they
/// cannot be read, there are too few, or they are elsewhere) and those of a reader.
result<void> for_each_piece(const blob& from,
                            const std::function<bool(std::span<const std::byte>)>& visit);

/// All bytes, of a blob that is known to be small. Errors: those of `for_each_piece`.
result<std::string> bytes_of(const blob& from);

} // namespace gantry
