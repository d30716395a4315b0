#include "api/operations.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gantry::api {

namespace {

constexpr auto table =
  std::apply([](const auto&... each) { return std::array{static_cast<const operation&>(each)...}; },
             operation_table);

using request_reader = result<api_request> (*)(const parts& from);

template <class Row>
result<api_request> read_row(const parts& from) {
  auto request = Row::read(from);
  if (!request)
    return std::move(request).error();
  return api_request{std::move(*request)};
}

template <class... Row>
constexpr std::array<request_reader, sizeof...(Row)> readers_of(const std::tuple<Row...>&) {
  return {&read_row<Row>...};
}

constexpr auto readers = readers_of(operation_table);

/// `/v2` of `/v2/<name>/tags/list`: routes with other first segments cannot match a path.
constexpr std::string_view first_segment(std::string_view path) {
  return path.substr(0, path.find('/', 1));
}

/// What a request needs to know of the rows, once for each route. The table is long, and each
/// request looks for its route.
struct table_index {
  /// By row: that in which its route occurs first.
  std::array<std::uint8_t, table.size()> first_rows{};
  /// By row: the number of its first segment.
  std::array<std::uint8_t, table.size()> segment_numbers{};
  std::array<std::string_view, table.size()> segments{};
  std::size_t segment_count = 0;
};

static_assert(table.size() < 256, "table_index has room for its numbers");

constexpr auto index_of_table = [] {
  table_index made;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const auto& where = table[row].where;
    std::size_t first = 0;
    while (table[first].where != where)
      ++first;
    made.first_rows[row] = static_cast<std::uint8_t>(first);
    const auto segment = first_segment(where.text());
    std::size_t number = 0;
    while (number < made.segment_count && made.segments[number] != segment)
      ++number;
    if (number == made.segment_count)
      made.segments[made.segment_count++] = segment;
    made.segment_numbers[row] = static_cast<std::uint8_t>(number);
  }
  return made;
}();

/// Calls `visit(method)` for each method of a comma-separated list until it returns true.
template <class Visit>
bool any_method(std::string_view methods, Visit visit) {
  while (!methods.empty()) {
    const auto method = methods.substr(0, methods.find(", "));
    if (visit(method))
      return true;
    methods.remove_prefix(std::min(method.size() + 2, methods.size()));
  }
  return false;
}

} // namespace

std::span<const operation> operations() noexcept {
  return table;
}

const operation& operation_of(const api_request& request) noexcept {
  return table[request.index()];
}

std::string_view repository_of(const api_request& request) noexcept {
  return std::visit(
    [](const auto& asked) -> std::string_view {
      if constexpr (requires { asked.repository.to_string(); })
        return asked.repository.to_string();
      else
        return {};
    },
    request);
}

std::string content_named_by(const api_request& request) {
  return std::visit(
    [](const auto& asked) -> std::string {
      if constexpr (requires { to_string(asked.name); })
        return to_string(asked.name);
      else if constexpr (requires { asked.subject.to_string(); })
        return asked.subject.to_string();
      else if constexpr (requires { asked.id.to_string(); })
        return asked.id.to_string();
      else if constexpr (requires { asked.id->to_string(); })
        return asked.id ? asked.id->to_string() : std::string{};
      else
        return {};
    },
    request);
}

std::optional<matched_route> match_route(std::string_view path, bool steers) noexcept {
  const auto& known = index_of_table;
  const auto* const segments_end = known.segments.data() + known.segment_count;
  const auto segment =
    std::find(known.segments.data(), segments_end, first_segment(path)) - known.segments.data();
  std::optional<matched_route> found;
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (known.segment_numbers[row] != segment || known.first_rows[row] != row)
      continue;
    const auto& where = table[row].where;
    if ((found && where.is_open()) || (!steers && table[row].does == effect::steers))
      continue;
    const auto matched = where.match(path);
    if (!matched)
      continue;
    found = {&table[row], *matched};
    if (!where.is_open())
      break;
  }
  return found;
}

const operation* find_operation(const matched_route& at, std::string_view method) noexcept {
  const auto first = static_cast<std::size_t>(at.first - table.data());
  for (auto row = first; row < table.size(); ++row)
    if (index_of_table.first_rows[row] == first && is_allowed(table[row].methods, method))
      return &table[row];
  return nullptr;
}

result<api_request> read_request(const operation& asked, const parts& from) {
  return readers[static_cast<std::size_t>(&asked - table.data())](from);
}

std::string methods_if(const route& where, const std::function<bool(const operation&)>& keeps) {
  std::vector<std::string_view> found;
  for (const auto& row : table)
    if (row.where == where && keeps(row))
      any_method(row.methods, [&](std::string_view method) {
        found.push_back(method);
        return false;
      });
  std::ranges::sort(found);
  std::string text;
  for (const auto method : found)
    text.append(text.empty() ? "" : ", ").append(method);
  return text;
}

std::string methods_of(const route& where) {
  return methods_if(where, [](const operation&) { return true; });
}

bool is_allowed(std::string_view methods, std::string_view method) noexcept {
  return any_method(methods, [method](std::string_view each) { return each == method; });
}

} // namespace gantry::api
