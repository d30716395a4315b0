// Tools for recorded requests.
#include "api/journal_query.hpp"
#include "api/tools/arguments.hpp"
#include "api/tools/tools.hpp"
#include "journal/render.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace gantry::api::tools {

namespace json = boost::json;

namespace {

constexpr std::size_t usual_requests = 20;

constexpr std::array<std::string_view, 9> filters{
  "method", "operation", "repository", "path", "status", "user_agent", "fault", "since", "n"};

/// An argument as the text that it would be in a query.
result<std::optional<std::string>> read_text(const json::object& arguments,
                                             std::string_view parameter) {
  const auto* found = arguments.if_contains({parameter.data(), parameter.size()});
  if (!found)
    return std::optional<std::string>{};
  if (const auto* text = found->if_string())
    return std::optional{std::string{text->data(), text->size()}};
  if (const auto* number = found->if_int64())
    return std::optional{std::to_string(*number)};
  return fail(errc::request_invalid, std::string{parameter} + ": expected a text or a number");
}

/// Errors: request_invalid, route_unknown (nothing is recorded).
result<journal_query> read_query(const exchange& ex, const json::object& arguments) {
  const auto known = read_arguments(arguments, [](members& from) {
    for (const auto name : filters)
      from.read(name, [](const json::value&) {});
  });
  if (!known)
    return known.error();
  if (!ex.server.requests.is_on())
    return fail(errc::route_unknown, "requests are not recorded: start the server with --journal");
  const auto source = [&](std::string_view parameter) { return read_text(arguments, parameter); };
  auto asked = read_journal_query(source, ex.server.requests.capacity());
  if (!asked)
    return asked;
  if (!arguments.contains("n"))
    asked->most = usual_requests;
  else if (asked->most > max_requests)
    return fail(errc::request_invalid, "n: expected a number from 1 to 100");
  return asked;
}

} // namespace

outcome list_requests(exchange& ex, const json::object& arguments) {
  const auto asked = read_query(ex, arguments);
  if (!asked)
    co_return asked.error();
  co_return journal::to_json(ex.server.requests.read(asked->which, asked->most));
}

outcome clear_requests(exchange& ex, const json::object& arguments) {
  const auto read = read_no_arguments(arguments);
  if (!read)
    co_return read.error();
  ex.server.requests.clear();
  co_return json::object{{"ok", true}};
}

} // namespace gantry::api::tools
