#include "app/remote_answers.hpp"

#include "base/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace gantry::app {

namespace {

namespace json = boost::json;

/// Hexadecimal digits of a digest that a table shows.
constexpr std::size_t shown_digits = 12;
/// Between columns.
constexpr std::size_t column_gap = 2;

} // namespace

image_reference read_image(const std::string& text) {
  auto image = image_reference::parse(text);
  if (image)
    return std::move(*image);
  throw std::invalid_argument{"'" + text +
                              (image.error().code == errc::name_invalid
                                 ? "' does not begin with the name of a repository"
                                 : "' is not of the form REPOSITORY:TAG or REPOSITORY@DIGEST")};
}

std::string read_repository(const std::string& text) {
  const auto image = read_image(text);
  if (image.name)
    throw std::invalid_argument{"'" + text + "' is an image: name its REPOSITORY alone"};
  return image.repository.to_string();
}

std::string cell(const json::object& from, std::string_view member) {
  const auto* value = from.if_contains(member);
  if (!value)
    return "-";
  auto text = value->is_string() ? json::value_to<std::string>(*value) : json::serialize(*value);
  const auto colon = text.find(':');
  if ((member == "before" || member == "after" || member == "digest") && colon != text.npos)
    return text.substr(colon + 1, shown_digits);
  return text;
}

std::string render_bytes(std::uint64_t count) {
  constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto number = static_cast<double>(count);
  std::size_t unit = 0;
  for (; number >= 1024 && unit + 1 < std::size(units); ++unit)
    number /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", number, units[unit]);
  return text;
}

std::string render_table(const std::vector<table_row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] - row[i].size() + column_gap, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    std::ranges::replace_if(line, is_control, '?');
    text += line + '\n';
  }
  return text;
}

std::string render_list(std::string_view answer, std::string_view list,
                        const std::vector<table_column>& columns) {
  const auto parsed = json::parse(answer);
  std::vector<table_row> rows(1);
  for (const auto& column : columns)
    rows.front().emplace_back(column.head);
  for (const auto& each : parsed.at(list).as_array()) {
    auto& row = rows.emplace_back();
    for (const auto& column : columns)
      row.push_back(column.show(each.as_object(), column.member));
  }
  return render_table(rows);
}

std::string ask_all(remote_registry& registry, const std::string& path, std::string_view list,
                    std::optional<std::size_t> at_most) {
  auto answer = registry.ask(boost::beast::http::verb::get, path);
  auto whole = json::parse(answer.body).as_object();
  auto& items = whole.at(list).as_array();
  while (!answer.next.empty() && (!at_most || items.size() < *at_most)) {
    answer = registry.ask(boost::beast::http::verb::get, answer.next);
    const auto page = json::parse(answer.body);
    for (const auto& each : page.at(list).as_array())
      items.push_back(each);
  }
  if (at_most && items.size() > *at_most)
    items.resize(*at_most);
  return json::serialize(whole);
}

void print(const std::string& answer, bool json, std::FILE* out,
           const std::function<std::string()>& to_table) {
  const bool is_table = !json && ::isatty(::fileno(out)) == 1;
  const auto shown = is_table ? to_table() : answer + "\n";
  std::fputs(shown.c_str(), out);
}

} // namespace gantry::app
