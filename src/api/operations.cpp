#include "api/operations.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
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
  std::optional<matched_route> found;
  for (const auto& row : table) {
    if ((found && row.where.is_open()) || (!steers && row.does == effect::steers))
      continue;
    const auto matched = row.where.match(path);
    if (!matched)
      continue;
    found = {row.where, *matched};
    if (!row.where.is_open())
      break;
  }
  return found;
}

const operation* find_operation(const route& where, std::string_view method) noexcept {
  const auto row = std::ranges::find_if(table, [&](const operation& each) {
    return each.where == where && is_allowed(each.methods, method);
  });
  return row == table.end() ? nullptr : &*row;
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
