#include "api/retention_ids.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

namespace gantry::api {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t content_length = 32;

std::int64_t to_milliseconds(time_point when) {
  return std::chrono::floor<milliseconds>(when.time_since_epoch()).count();
}

bool is_content(std::string_view text) {
  return text.size() == content_length &&
         std::ranges::all_of(text, [](char c) { return hex_value(c) >= 0; });
}

/// A number and 32 digits with a dash between.
result<std::pair<std::uint64_t, std::string>> read_id(std::string_view parameter,
                                                      std::string_view text) {
  const auto dash = text.find('-');
  const auto number = whole_number(text.substr(0, dash));
  if (dash == std::string_view::npos || !number || !is_content(text.substr(dash + 1)))
    return fail(errc::request_invalid, concat(parameter, ": ") + in_quotes(excerpt(text)) +
                                         " is none: write the one that was answered, such as "
                                         "1764535200123-0123456789abcdef0123456789abcdef");
  return std::pair{*number, in_lower_case(text.substr(dash + 1))};
}

} // namespace

std::string plan_id::to_string() const {
  return std::to_string(to_milliseconds(made)) + '-' + content;
}

std::string run_id::to_string() const {
  return std::to_string(after) + '-' + content;
}

result<plan_id> read_plan_id(std::string_view text) {
  auto read = read_id("plan", text);
  if (!read)
    return std::move(read).error();
  constexpr std::uint64_t latest =
    std::chrono::duration_cast<milliseconds>(time_point::max().time_since_epoch()).count();
  return plan_id{time_point{milliseconds{static_cast<std::int64_t>(std::min(read->first, latest))}},
                 std::move(read->second)};
}

result<run_id> read_run_id(std::string_view text) {
  auto read = read_id("run", text);
  if (!read)
    return std::move(read).error();
  return run_id{read->first, std::move(read->second)};
}

} // namespace gantry::api
