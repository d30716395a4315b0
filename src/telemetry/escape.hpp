// Clients' texts in lines of a log: they cannot forge a line or a field.
#pragma once

#include <spdlog/fmt/fmt.h>

#include <cstddef>
#include <iterator>
#include <string_view>

namespace gantry::telemetry {

/// Appends to a string or a buffer.
template <class Line>
void append(Line& line, std::string_view text) {
  line.append(text.data(), text.data() + text.size());
}

/// `escape` formats a byte that is not printable ASCII; quotes and backslashes get a backslash.
template <class Line>
void append_escaped(Line& line, std::string_view text, fmt::format_string<unsigned> escape) {
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool quoted = byte == '"' || byte == '\\';
    if (byte >= 0x20 && byte < 0x7f && !quoted)
      continue;
    append(line, text.substr(plain, i - plain));
    plain = i + 1;
    if (quoted) {
      line.push_back('\\');
      line.push_back(text[i]);
    } else {
      fmt::format_to(std::back_inserter(line), escape, unsigned{byte});
    }
  }
  append(line, text.substr(plain));
}

/// The content of a JSON string: a byte that is not printable ASCII becomes the code point of the
/// same value.
template <class Line>
void append_json(Line& line, std::string_view text) {
  append_escaped(line, text, "\\u{:04x}");
}

/// `"name":"text"`, where `name` has its quotes, its colon and perhaps a comma in front.
template <class Line>
void append_member(Line& line, std::string_view name, std::string_view text) {
  append(line, name);
  line.push_back('"');
  append_json(line, text);
  line.push_back('"');
}

} // namespace gantry::telemetry
