#include "domain/image_reference.hpp"

#include <utility>

namespace gantry {

namespace {

result<image_reference> parse_with(std::string_view text,
                                   result<reference> (*parse_name)(std::string_view)) {
  const auto end = text.find_first_of("@:");
  auto repository = repository_name::parse(text.substr(0, end));
  if (!repository)
    return std::move(repository).error();
  image_reference found{std::move(*repository), std::nullopt};
  if (end == std::string_view::npos)
    return found;
  auto name = parse_name(text.substr(end + 1));
  if (!name)
    return std::move(name).error();
  const bool wants_digest = text[end] == '@';
  if (std::holds_alternative<digest>(*name) != wants_digest)
    return fail(wants_digest ? errc::digest_invalid : errc::tag_invalid, text.substr(end + 1));
  found.name = std::move(*name);
  return found;
}

} // namespace

result<image_reference> image_reference::parse(std::string_view text) {
  return parse_with(text, parse_reference);
}

result<image_reference> image_reference::parse_lenient(std::string_view text) {
  return parse_with(text, parse_reference_lenient);
}

std::string image_reference::to_string() const {
  auto text = repository.to_string();
  if (name)
    text.append(std::holds_alternative<tag>(*name) ? ":" : "@").append(gantry::to_string(*name));
  return text;
}

} // namespace gantry
