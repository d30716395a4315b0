#include "api/sealed_position.hpp"

#include <algorithm>
#include <cassert>

namespace gantry::api {

namespace {

/// Begins a sealed position, and no name of a repository.
constexpr char sealed_mark = '~';
/// Bytes.
constexpr std::size_t longest_list = 64;

} // namespace

bool looks_sealed(std::string_view position) noexcept {
  return position.starts_with(sealed_mark);
}

/// The list, a NUL, the position, and NULs.
std::string sealed_position(const text_seal& seal, std::string_view list,
                            std::string_view position) {
  assert(list.size() <= longest_list);
  std::string text{list};
  text.append(1, '\0').append(position);
  text.resize(std::max(text.size(), longest_list + 1 + longest_position), '\0');
  return sealed_mark + seal.close(text);
}

result<std::string> opened_position(const text_seal& seal, std::string_view list,
                                    const std::string& last) {
  if (!looks_sealed(last))
    return last;
  const auto text = seal.open(std::string_view{last}.substr(1));
  const auto end = text ? text->find('\0') : std::string::npos;
  if (end == std::string::npos || std::string_view{*text}.substr(0, end) != list)
    return fail(errc::pagination_invalid, last);
  const auto position = std::string_view{*text}.substr(end + 1);
  return std::string{position.substr(0, position.find('\0'))};
}

} // namespace gantry::api
