#include "http/conditional.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry::http {

namespace {

std::string_view unquote(std::string_view tag) {
  if (tag.starts_with("W/"))
    tag.remove_prefix(2);
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"')
    tag = tag.substr(1, tag.size() - 2);
  return tag;
}

} // namespace

std::string entity_tag(std::string_view tag) {
  return std::string{"\""}.append(tag).append("\"");
}

bool is_not_modified(const request_head& head, std::string_view tag) {
  const auto field = head.find(request_head::field::if_none_match);
  if (!field)
    return false;
  // The tag contains no comma, so the list can be split at commas.
  for (auto rest = *field; !rest.empty();) {
    const auto end = std::min(rest.find(','), rest.size());
    const auto offered = trim(rest.substr(0, end));
    if (offered == "*" || unquote(offered) == tag)
      return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::optional<std::string_view> effective_range(const request_head& head, std::string_view tag) {
  const auto range = head.find(request_head::field::range);
  const auto condition = head.find(request_head::field::if_range);
  // If-Range compares strongly: a weak tag or a date never matches.
  if (range && condition && trim(*condition) != entity_tag(tag))
    return std::nullopt;
  return range;
}

} // namespace gantry::http
