// Parses tags, and distinguishes them from digests.
#include "domain/reference.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry {

namespace {

bool may_lead_tag(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool may_follow_in_tag(char c) noexcept {
  return may_lead_tag(c) || c == '.' || c == '-';
}

bool is_digest_like(std::string_view text) noexcept {
  return text.find(':') != std::string_view::npos;
}

/// Converts the parsed alternative, or returns its error.
template <class Value>
result<reference> as_reference(result<Value> parsed) {
  if (!parsed)
    return std::move(parsed).error();
  return reference{std::move(*parsed)};
}

} // namespace

result<tag> tag::parse(std::string_view text) {
  if (text.empty() || text.size() > max_length || !may_lead_tag(text.front()) ||
      !std::ranges::all_of(text, may_follow_in_tag))
    return fail(errc::tag_invalid, text);
  return tag{std::string{text}};
}

result<tag> tag::parse_lenient(std::string_view text) {
  if (text.empty() || text.size() > max_length || std::ranges::any_of(text, is_control))
    return fail(errc::tag_invalid, text);
  return tag{std::string{text}};
}

result<reference> parse_reference(std::string_view text) {
  return is_digest_like(text) ? as_reference(digest::parse(text)) : as_reference(tag::parse(text));
}

result<reference> parse_reference_lenient(std::string_view text) {
  return is_digest_like(text) ? as_reference(digest::parse_lenient(text))
                              : as_reference(tag::parse_lenient(text));
}

std::string to_string(const reference& value) {
  return std::visit([](const auto& named) { return named.to_string(); }, value);
}

} // namespace gantry
