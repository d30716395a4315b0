#include "http/head_scanner.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry::http {

result<std::optional<std::size_t>> head_scanner::scan(std::string_view bytes) {
  if (!bytes.empty() && !is_token_character(bytes.front()))
    return refuse(refusal_code::malformed, "this port speaks plain HTTP");
  for (auto end = bytes.find('\n', seen_); end != std::string_view::npos;
       end = bytes.find('\n', seen_)) {
    if (end == 0 || bytes[end - 1] != '\r')
      return refuse(refusal_code::malformed, "lines must end with CR LF");
    const auto text = bytes.substr(line_, end - 1 - line_);
    line_ = seen_ = end + 1;
    if (seen_ > max_head_)
      return too_large();
    if (text.empty())
      return std::optional{seen_};
    if (text.front() == ' ' || text.front() == '\t') // RFC 9112, 5.2
      return refuse(refusal_code::malformed, "a field must not continue on the next line");
    if (++lines_ > 1 + max_header_fields)
      return refuse(refusal_code::head_too_large);
  }
  seen_ = bytes.size();
  if (seen_ > max_head_)
    return too_large();
  return std::optional<std::size_t>{};
}

/// Blames the target if there is no complete request line.
refusal head_scanner::too_large() const {
  return refuse(lines_ > 0 ? refusal_code::head_too_large : refusal_code::target_too_long);
}

std::size_t empty_lines(std::string_view bytes) noexcept {
  std::size_t length = 0;
  while (bytes.substr(length).starts_with("\r\n"))
    length += 2;
  return length;
}

} // namespace gantry::http
