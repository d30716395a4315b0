#include "base/size_unit.hpp"

#include "base/text.hpp"

#include <cstddef>

namespace gantry {

namespace {

bool is_bytes(std::string_view unit) noexcept {
  return unit.empty() || (unit.size() == 1 && to_lower(unit.front()) == 'b');
}

/// `iB`, in any case.
bool is_binary(std::string_view unit) noexcept {
  return unit.size() == 2 && to_lower(unit.front()) == 'i' && is_bytes(unit.substr(1));
}

} // namespace

std::optional<std::uint64_t> bytes_in(std::string_view unit) noexcept {
  if (is_bytes(unit))
    return 1;
  const auto prefix = size_prefixes.find(to_lower(unit.front()));
  const auto rest = unit.substr(1);
  if (prefix == std::string_view::npos || !(is_bytes(rest) || is_binary(rest)))
    return std::nullopt;
  return std::uint64_t{1} << (10 * (prefix + 1));
}

} // namespace gantry
