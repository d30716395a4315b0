#include "app/repository_commands.hpp"

#include "app/remote_answers.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <stdexcept>

namespace gantry::app {

namespace {

using boost::beast::http::verb;

std::string copy(remote_registry& registry, const repository_command& command) {
  const auto from = read_image(command.from);
  const auto to = read_image(command.to);
  if (!from.name)
    throw std::invalid_argument{"'" + command.from + "' has no tag: REPOSITORY:TAG"};
  if (to.name && std::holds_alternative<digest>(*to.name))
    throw std::invalid_argument{"a copy gets a tag: REPOSITORY:TAG"};
  return registry.ask(verb::post, "/__gantry/v1/copy?from=" + command.from + "&to=" + command.to)
    .body;
}

std::string ask(remote_registry& registry, const repository_command& command) {
  const auto path = [&] { return "/__gantry/v1/repositories/" + read_repository(command.from); };
  switch (command.action) {
  case repository_action::copy: return copy(registry, command);
  case repository_action::remove:
    return registry.ask(verb::delete_, path() + (command.purge ? "/?purge=true" : "/")).body;
  case repository_action::rename: break;
  }
  return registry.ask(verb::post, path() + "/rename?to=" + read_repository(command.to)).body;
}

std::string count(const boost::json::object& from, std::string_view what) {
  const auto number = boost::json::value_to<std::uint64_t>(from.at(what));
  auto noun = std::string{what};
  if (number == 1)
    noun.pop_back();
  return std::to_string(number) + " " + noun;
}

} // namespace

std::string render(repository_action action, std::string_view answer) {
  const auto told = boost::json::parse(answer).as_object();
  const auto text = [&](std::string_view member) {
    return boost::json::value_to<std::string>(told.at(member));
  };
  switch (action) {
  case repository_action::copy:
    return "copied " + text("from") + " to " + text("repository") +
           (told.contains("tag") ? ":" + text("tag") : "") + ": " + count(told, "manifests") +
           ", " + count(told, "tags") + "\n";
  case repository_action::remove:
    return "deleted " + text("repository") + ": " + count(told, "manifests") + ", " +
           count(told, "tags") + "\n";
  case repository_action::rename: break;
  }
  return text("before") + " is now called " + text("repository") + "\n";
}

int run(const repository_command& command, std::FILE* out) {
  remote_registry registry{command.where};
  const auto answer = ask(registry, command);
  print(answer, command.json, out, [&] { return render(command.action, answer); });
  return 0;
}

} // namespace gantry::app
