#include "api/form.hpp"

#include "api/error_table.hpp"

#include <utility>

namespace gantry::api {

namespace {

std::string with_spaces(std::string_view body) {
  std::string text;
  for (const char c : body)
    if (c == '+')
      text += "%20";
    else
      text += c;
  return text;
}

} // namespace

form::form(std::string_view body) : text_{with_spaces(body)}, fields_{text_} {}

result<std::string> form::field(std::string_view name) const {
  auto value = lift(fields_.first(name));
  if (!value)
    return std::move(value).error();
  return std::move(*value).value_or("");
}

} // namespace gantry::api
