// One field of a head as text.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

namespace gantry::http {

/// Appends `name: value` and the end of the line. Each response has many fields, so the text grows
/// once for each, not once for each part.
inline void append_field(std::string& text, std::string_view name, std::string_view value) {
  constexpr std::string_view between = ": ";
  constexpr std::string_view end = "\r\n";
  const auto begin = text.size();
  text.resize(begin + name.size() + between.size() + value.size() + end.size());
  auto* out = text.data() + begin;
  for (const auto part : {name, between, value, end})
    out = std::copy(part.begin(), part.end(), out);
}

} // namespace gantry::http
