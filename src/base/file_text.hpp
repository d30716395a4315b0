// Reads small files whole.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace gantry {

/// The content of a file; of a longer one than `most` bytes only a beginning that is longer, too,
/// so that it is noticed. Absent if the file cannot be read; errno then says why, if the system
/// did.
std::optional<std::string> read_file(const std::filesystem::path& file, std::size_t most);

} // namespace gantry
