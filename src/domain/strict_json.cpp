// Strict reading on top of Boost.JSON.
#include "domain/strict_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <utility>

namespace gantry {

namespace json = boost::json;

namespace {

/// Members that the text spells out: each has the one colon that stands outside of strings.
/// Precondition: `text` is JSON.
std::size_t count_written_members(std::string_view text) noexcept {
  std::size_t members = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"')
      in_string = !in_string;
    else if (in_string && text[i] == '\\')
      ++i;
    else if (!in_string && text[i] == ':')
      ++members;
  }
  return members;
}

/// Members that the parser kept. The recursion ends at the parser's depth limit.
std::size_t count_kept_members(const json::value& value) noexcept {
  std::size_t members = 0;
  if (const auto* object = value.if_object()) {
    members = object->size();
    for (const auto& member : *object)
      members += count_kept_members(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const json::value& element : *array)
      members += count_kept_members(element);
  }
  return members;
}

} // namespace

result<json::object> parse_object(std::string_view bytes, std::size_t max_depth,
                                  json::storage_ptr storage) {
  json::parse_options limits;
  limits.max_depth = max_depth;
  json::error_code failure;
  json::value document = json::parse(bytes, failure, std::move(storage), limits);
  if (failure)
    return fail(errc::manifest_invalid, "not valid JSON: " + failure.message());
  if (!document.is_object())
    return fail(errc::manifest_invalid, "not a JSON object");
  if (count_written_members(bytes) != count_kept_members(document))
    return fail(errc::manifest_invalid, "duplicate keys");
  return std::move(document.get_object());
}

const json::value* find_member(const json::object& object, std::string_view key) noexcept {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

result<std::string> read_string(const json::object& object, std::string_view key) {
  const json::value* const value = find_member(object, key);
  if (value == nullptr)
    return std::string{};
  const auto* const text = value->if_string();
  if (text == nullptr)
    return fail(errc::manifest_invalid, std::string{key} + " must be a string");
  return std::string{text->data(), text->size()};
}

} // namespace gantry
