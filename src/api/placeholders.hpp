// Texts of tables with placeholders, such as `{target}`.
#pragma once

#include <string>
#include <string_view>

namespace gantry::api {

/// Puts `value` in every place of the placeholder.
inline void fill_in(std::string& text, std::string_view placeholder, std::string_view value) {
  for (auto at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + value.size()))
    text.replace(at, placeholder.size(), value);
}

} // namespace gantry::api
