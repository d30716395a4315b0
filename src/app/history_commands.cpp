#include "app/history_commands.hpp"

#include "app/remote_answers.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <stdexcept>

namespace gantry::app {

namespace {

namespace json = boost::json;
using boost::beast::http::verb;

std::string tag_in(const image_reference& image) {
  return image.name && std::holds_alternative<tag>(*image.name) ? to_string(*image.name) : "";
}

std::string path_of(const image_reference& image, std::string_view what) {
  return "/__gantry/v1/repositories/" + image.repository.to_string() + std::string{what};
}

std::string undo_text(const history_command& command, const image_reference& image) {
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
                const image_reference& image) {
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
  const auto& repository = image.repository.to_string();
  registry.ask(verb::delete_,
               "/v2/" + repository + "/manifests/" + to_string(*image.name) + "?purge=true");
  return json::serialize(
    json::object{{"repository", repository}, {"purged", to_string(*image.name)}});
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
                     {{"ENTRY", "sequence"},
                      {"TIME", "time"},
                      {"EVENT", "event"},
                      {"TAG", "tag"},
                      {"BEFORE", "before"},
                      {"AFTER", "after"},
                      {"USER", "user"}});
}

std::string render_removed(std::string_view answer) {
  return render_list(
    answer, "manifests",
    {{"REMOVED", "removed"}, {"DIGEST", "digest"}, {"SIZE", "size"}, {"MEDIA TYPE", "mediaType"}});
}

int run(const history_command& command, std::FILE* out) {
  const auto image = read_image(command.image);
  remote_registry registry{command.where};
  const auto answer = ask(registry, command, image);
  print(answer, command.json, out, [&] { return render(command.action, answer); });
  return 0;
}

} // namespace gantry::app
