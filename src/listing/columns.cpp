#include "listing/columns.hpp"

#include "base/text.hpp"
#include "domain/digest.hpp"

#include <charconv>

namespace gantry::listing {

namespace {

std::optional<std::size_t> find_column(const std::vector<column>& columns, std::string_view name) {
  for (std::size_t each = 0; each < columns.size(); ++each)
    if (columns[each].name == name)
      return each;
  return std::nullopt;
}

template <class Order>
result<sorting<Order>> read_sorting(const std::vector<column>& columns, std::string_view text) {
  const bool descending = text.starts_with('-');
  if (const auto found = find_column(columns, text.substr(descending ? 1 : 0)))
    return sorting<Order>{static_cast<Order>(*found), descending};
  std::vector<std::string> names;
  for (const auto& each : columns)
    names.emplace_back(each.name);
  return fail(errc::request_invalid, concat(concat("sort: '", excerpt(text)),
                                            "' is not a column: write one of " + join(names, ", ") +
                                              ", with a minus in front for the largest first"));
}

/// The part of a page's query behind the scope.
std::string behind(std::string_view by, bool descending, bool is_first) {
  const std::string name{by};
  const bool is_name = by == "name";
  const std::string order = descending ? " DESC" : "";
  std::string text;
  if (!is_first)
    text += (is_name ? " AND name " : " AND (" + name + ", name) ") +
            std::string{descending ? "<" : ">"} + (is_name ? " ?3" : " (?2, ?3)");
  text += " ORDER BY ";
  if (!is_name)
    text += name + order + ", ";
  return text + "name" + order;
}

} // namespace

const std::vector<column>& repository_columns() {
  static const std::vector<column> all{
    {"name", column_kind::text},           {"tags", column_kind::number},
    {"manifests", column_kind::number},    {"own_bytes", column_kind::number},
    {"shared_bytes", column_kind::number}, {"pushed", column_kind::number},
    {"pulled", column_kind::number},       {"pulls", column_kind::number}};
  return all;
}

const std::vector<column>& tag_columns() {
  static const std::vector<column> all{
    {"name", column_kind::text},       {"digest", column_kind::digest},
    {"size", column_kind::number},     {"platforms", column_kind::text},
    {"pushed", column_kind::number},   {"pushed_by", column_kind::text},
    {"pulled", column_kind::number},   {"pulls", column_kind::number},
    {"referrers", column_kind::number}};
  return all;
}

result<sorting<repository_order>> read_repository_sorting(std::string_view text) {
  return read_sorting<repository_order>(repository_columns(), text);
}

result<sorting<tag_order>> read_tag_sorting(std::string_view text) {
  return read_sorting<tag_order>(tag_columns(), text);
}

std::string to_cursor(const column& by, const row_place& last) {
  if (by.name == "name")
    return last.name;
  if (const auto* const number = std::get_if<std::int64_t>(&last.value))
    return std::to_string(*number) + ' ' + last.name;
  const auto& text = std::get<std::string>(last.value);
  return (by.kind == column_kind::digest ? digest::from_binary(text).value().to_string() : text) +
         ' ' + last.name;
}

result<row_place> read_cursor(const column& by, std::string_view text) {
  if (by.name == "name")
    return row_place{std::string{text}, std::string{text}};
  const auto space = text.rfind(' ');
  const auto refused =
    fail(errc::pagination_invalid, "last: '" + excerpt(text) + "' is from no page of this list");
  if (space == std::string_view::npos)
    return refused;
  row_place last{std::string{text.substr(0, space)}, std::string{text.substr(space + 1)}};
  const auto value = text.substr(0, space);
  if (by.kind == column_kind::digest) {
    const auto id = digest::parse_lenient(value);
    if (!id)
      return refused;
    last.value = id->to_binary();
  } else if (by.kind == column_kind::number) {
    std::int64_t number = 0;
    const auto* const end = value.data() + value.size();
    if (const auto read = std::from_chars(value.data(), end, number);
        read.ec != std::errc{} || read.ptr != end)
      return refused;
    last.value = number;
  }
  return last;
}

sorted_statements::sorted_statements(std::string_view table, const std::vector<column>& columns,
                                     std::string_view others, std::string_view scope,
                                     std::string_view scope_column) {
  for (const auto& each : columns) {
    std::string index{"CREATE INDEX IF NOT EXISTS "};
    index.append(table).append("_by_").append(each.name).append(" ON ").append(table).append(" (");
    index.append(scope_column).append(scope_column.empty() ? "" : ", ");
    index.append(each.name == "name" ? "" : each.name).append(each.name == "name" ? "" : ", ");
    indexes_.push_back(index + "name)");
    for (const bool descending : {false, true})
      for (const bool is_first : {false, true})
        queries_.push_back(std::string{"SELECT name, "}
                             .append(each.name)
                             .append(", ")
                             .append(others)
                             .append(" FROM ")
                             .append(table)
                             .append(" WHERE ")
                             .append(scope) +
                           behind(each.name, descending, is_first));
  }
}

} // namespace gantry::listing
