#include "synthesis/flaws.hpp"

#include <array>
#include <cstddef>

namespace gantry::synthesis {

namespace {

/// In the order of the enumeration.
constexpr std::array<flaw_row, 6> rows{
  {{flaw::cyclic_index, "cyclic_index", "broken-cyclic-index",
    "an index whose only child is the index itself. It is stored under a digest that is not its "
    "own: with a true one there are no cycles"},
   {flaw::missing_blob, "missing_blob", "broken-missing-blob", "an image whose layer is absent"},
   {flaw::missing_child, "missing_child", "broken-missing-child",
    "an index of all `platforms`; the image of the first one is absent"},
   {flaw::missing_config, "missing_config", "broken-missing-config",
    "an image whose config is absent"},
   {flaw::wrong_bytes, "wrong_bytes", "broken-wrong-bytes",
    "an image whose layer has other bytes than its digest says"},
   {flaw::wrong_size, "wrong_size", "broken-wrong-size",
    "an image whose layer is one byte shorter than its manifest says"}}};

} // namespace

std::span<const flaw_row> flaws() noexcept {
  return rows;
}

const flaw_row& row_of(flaw kind) noexcept {
  return rows[static_cast<std::size_t>(kind)];
}

} // namespace gantry::synthesis
