// A parameter of a query that may be absent.
#pragma once

#include "api/error_table.hpp"
#include "api/readers.hpp"
#include "domain/error.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace gantry::api {

/// Reads the first one of its name; an empty one may count as absent. Errors: request_invalid,
/// those of `parse`.
template <class Parse>
auto read_optional(const parts& from, std::string_view name, bool is_absent_if_empty, Parse parse)
  -> result<std::optional<typename decltype(parse(name))::value_type>> {
  const auto text = lift(from.query.first(name));
  if (!text)
    return text.error();
  if (!*text || (is_absent_if_empty && (*text)->empty()))
    return std::optional<typename decltype(parse(name))::value_type>{};
  auto value = parse(std::string_view{**text});
  if (!value)
    return std::move(value).error();
  return std::optional{std::move(*value)};
}

} // namespace gantry::api
