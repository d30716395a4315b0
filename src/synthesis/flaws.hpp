// Broken content on demand: what can be wrong with an image, by name.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gantry::synthesis {

enum class flaw : std::uint8_t {
  cyclic_index,
  missing_blob,
  missing_child,
  missing_config,
  wrong_bytes,
  wrong_size,
};

struct flaw_row {
  flaw kind;
  /// As a file names it.
  std::string_view name;
  /// The tag of the broken image.
  std::string_view tag;
  /// What is wrong, in one line of Markdown.
  std::string_view help;
};

/// Sorted by name.
std::span<const flaw_row> flaws() noexcept;
const flaw_row& row_of(flaw kind) noexcept;

} // namespace gantry::synthesis
