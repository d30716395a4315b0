#include "retention/subject_tag.hpp"

#include <algorithm>
#include <cstddef>

namespace gantry::retention {

namespace {

constexpr std::size_t hex_digits = 64;

} // namespace

std::string subject_name(const digest& id) {
  if (id.algorithm() == digest_algorithm::verbatim)
    return {};
  std::string name{to_string(id.algorithm())};
  return name.append("-").append(id.hex(), 0, hex_digits);
}

std::optional<std::string_view> subject_of(std::string_view tag) noexcept {
  const auto name = tag.substr(0, tag.find('.'));
  const auto hyphen = name.find('-');
  const auto algorithm = name.substr(0, hyphen);
  if (hyphen == std::string_view::npos || (algorithm != "sha256" && algorithm != "sha512"))
    return std::nullopt;
  const auto hex = name.substr(hyphen + 1);
  const bool is_hex = std::ranges::all_of(
    hex, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (hex.size() != hex_digits || !is_hex)
    return std::nullopt;
  return name;
}

} // namespace gantry::retention
