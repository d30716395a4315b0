// Replaces a file in one step.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace gantry {

/// Puts a file with `text` in the place of `target`, on the disk before the old one goes. Until
/// `prepare` gives the new file (a descriptor) another mode, only its owner can read it; false
/// makes the call fail. Throws std::system_error; the old file is then still there.
void replace_file(
  const std::filesystem::path& target, std::string_view text,
  const std::function<bool(int descriptor)>& prepare = [](int) { return true; });

} // namespace gantry
