#include "app/history_commands.hpp"

#include "domain/reference.hpp"
#include "domain/repository_name.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <unistd.h>
#include <vector>

namespace gantry::app {

namespace {

namespace json = boost::json;
using boost::beast::http::verb;

/// Hexadecimal digits of a digest that a table shows.
constexpr std::size_t shown_digits = 12;
/// Between columns.
constexpr std::size_t column_gap = 2;

struct image_name {
  std::string repository;
  std::optional<reference> name;
};

/// `REPOSITORY[:TAG]` or `REPOSITORY@DIGEST`. Throws std::invalid_argument.
image_name read_image(const std::string& text) {
  const auto at = text.find_first_of("@:");
  const auto repository = repository_name::parse(text.substr(0, at));
  if (!repository)
    throw std::invalid_argument{"'" + text + "' does not begin with the name of a repository"};
  if (at == std::string::npos)
    return {repository->to_string(), std::nullopt};
  auto name = parse_reference(text.substr(at + 1));
  if (!name || std::holds_alternative<digest>(*name) != (text[at] == '@'))
    throw std::invalid_argument{"'" + text +
                                "' is not of the form REPOSITORY:TAG or REPOSITORY@DIGEST"};
  return {repository->to_string(), std::move(*name)};
}

std::string tag_in(const image_name& image) {
  return image.name && std::holds_alternative<tag>(*image.name) ? to_string(*image.name) : "";
}

std::string path_of(const image_name& image, std::string_view what) {
  return "/__gantry/v1/repositories/" + image.repository + std::string{what};
}

using table_row = std::vector<std::string>;

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
    text += line + '\n';
  }
  return text;
}

/// A member as a table shows it: `-` if it is absent, the beginning of a digest.
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

std::string render_list(std::string_view answer, std::string_view list, table_row head,
                        const std::vector<std::string_view>& members) {
  const auto parsed = json::parse(answer);
  std::vector<table_row> rows{std::move(head)};
  for (const auto& each : parsed.at(list).as_array()) {
    auto& row = rows.emplace_back();
    for (const auto member : members)
      row.push_back(cell(each.as_object(), member));
  }
  return render_table(rows);
}

/// All pages, as one answer with all items of `list`.
std::string ask_all(remote_registry& registry, const std::string& path, std::string_view list) {
  auto answer = registry.ask(verb::get, path);
  if (answer.next.empty())
    return answer.body;
  auto whole = json::parse(answer.body).as_object();
  while (!answer.next.empty()) {
    answer = registry.ask(verb::get, answer.next);
    auto& items = whole.at(list).as_array();
    const auto page = json::parse(answer.body);
    for (const auto& each : page.at(list).as_array())
      items.push_back(each);
  }
  return json::serialize(whole);
}

std::string undo_text(const history_command& command, const image_name& image) {
  const int kinds = command.entry.has_value() + !command.to.empty() + !command.manifest.empty();
  if (kinds != 1)
    throw std::invalid_argument{"one of --entry, --to and --manifest says what to undo"};
  if (command.entry)
    return json::serialize(json::object{{"sequence", *command.entry}});
  if (!command.manifest.empty())
    return json::serialize(json::object{{"manifest", command.manifest}});
  if (tag_in(image).empty())
    throw std::invalid_argument{"--to needs a tag: REPOSITORY:TAG"};
  return json::serialize(json::object{{"tag", tag_in(image)}, {"to", command.to}});
}

std::string ask(remote_registry& registry, const history_command& command,
                const image_name& image) {
  switch (command.action) {
  case history_action::show: {
    const auto name = tag_in(image);
    return ask_all(registry, path_of(image, "/history") + (name.empty() ? "" : "?tag=" + name),
                   "entries");
  }
  case history_action::undo:
    return registry.ask(verb::post, path_of(image, "/undo"), undo_text(command, image)).body;
  case history_action::list_removed:
    return ask_all(registry, path_of(image, "/removed"), "manifests");
  case history_action::purge: break;
  }
  if (!image.name || !std::holds_alternative<digest>(*image.name))
    throw std::invalid_argument{"a manifest is purged by its digest: REPOSITORY@DIGEST"};
  registry.ask(verb::delete_,
               "/v2/" + image.repository + "/manifests/" + to_string(*image.name) + "?purge=true");
  return json::serialize(
    json::object{{"repository", image.repository}, {"purged", to_string(*image.name)}});
}

std::string render(history_action action, std::string_view answer) {
  switch (action) {
  case history_action::show:
  case history_action::undo: return render_history(answer);
  case history_action::list_removed: return render_removed(answer);
  case history_action::purge: break;
  }
  return "purged " + json::value_to<std::string>(json::parse(answer).at("purged")) + "\n";
}

} // namespace

std::string render_history(std::string_view answer) {
  return render_list(answer, "entries",
                     {"ENTRY", "TIME", "EVENT", "TAG", "BEFORE", "AFTER", "USER"},
                     {"sequence", "time", "event", "tag", "before", "after", "user"});
}

std::string render_removed(std::string_view answer) {
  return render_list(answer, "manifests", {"REMOVED", "DIGEST", "SIZE", "MEDIA TYPE"},
                     {"removed", "digest", "size", "mediaType"});
}

int run(const history_command& command, std::FILE* out) {
  const auto image = read_image(command.image);
  remote_registry registry{command.where};
  const auto answer = ask(registry, command, image);
  const bool is_table = !command.json && ::isatty(::fileno(out)) == 1;
  const auto shown = is_table ? render(command.action, answer) : answer + "\n";
  std::fputs(shown.c_str(), out);
  return 0;
}

} // namespace gantry::app
