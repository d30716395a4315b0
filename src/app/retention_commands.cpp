#include "app/retention_commands.hpp"

#include "app/remote_answers.hpp"
#include "base/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace gantry::app {

namespace {

namespace json = boost::json;
using boost::beast::http::verb;

/// The registry judges all tags, and removes or brings back many manifests in one go.
constexpr std::chrono::minutes run_patience{30};

constexpr bool is_in_id(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
}

std::string path_to(const retention_command& command) {
  const auto with_id = [&](std::string_view path, std::string_view refusal) {
    if (command.id.empty() || !std::ranges::all_of(command.id, is_in_id))
      throw std::invalid_argument{in_quotes(command.id).append(refusal)};
    return std::string{path} + command.id;
  };
  switch (command.action) {
  case retention_action::plan: break;
  case retention_action::apply:
    return with_id("/__gantry/v1/retention/apply?plan=",
                   " is not the id of a plan: gantry retention plan shows one");
  case retention_action::undo:
    return with_id("/__gantry/v1/retention/undo?run=",
                   " is not the id of a run: gantry retention apply shows it, and so does the "
                   "server's log");
  }
  return "/__gantry/v1/retention/plan";
}

std::string counted(std::uint64_t number, std::string_view noun) {
  return std::to_string(number).append(" ").append(noun).append(number == 1 ? "" : "s");
}

std::uint64_t counter_in(const json::object& from, std::string_view member) {
  return from.at(member).to_number<std::uint64_t>();
}

std::string render_plan(const json::object& plan) {
  const auto tags = counter_in(plan, "tags");
  if (tags == 0)
    return "no tag goes\n";
  std::vector<table_row> rows{{"REPOSITORY", "TAG", "DIGEST", "RULE"}};
  for (const auto& repository : plan.at("repositories").as_array())
    for (const auto& each : repository.at("tags").as_array()) {
      const auto& tag = each.as_object();
      rows.push_back({cell(repository.as_object(), "name"), cell(tag, "name"), cell(tag, "digest"),
                      cell(tag, tag.contains("rule_name") ? "rule_name" : "rule")});
    }
  const auto unlisted = tags - (rows.size() - 1);
  return render_table(rows) + (unlisted == 0 ? "" : "and " + counted(unlisted, "more tag") + "\n") +
         counted(tags, "tag") + "; to remove them: gantry retention apply " + cell(plan, "plan") +
         "\n";
}

std::string render_run(const json::object& run) {
  std::vector<table_row> rows{{"REPOSITORY", "CHANGE", "TAGS", "MANIFESTS", "REFUSED"}};
  for (const auto& each : run.at("repositories").as_array()) {
    const auto& part = each.as_object();
    rows.push_back({cell(part, "name"), cell(part, "change"), cell(part, "tags"),
                    cell(part, "manifests"), cell(part, "refused")});
  }
  if (rows.size() == 1)
    return "no tag went\n";
  return render_table(rows) + "removed " + counted(counter_in(run, "tags"), "tag") + " and " +
         counted(counter_in(run, "manifests"), "manifest") +
         "; to bring them back: gantry retention undo " + cell(run, "run") + "\n";
}

} // namespace

std::string render(retention_action action, std::string_view answer) {
  switch (action) {
  case retention_action::plan: return render_plan(json::parse(answer).as_object());
  case retention_action::apply: return render_run(json::parse(answer).as_object());
  case retention_action::undo: break;
  }
  return render_list(
    answer, "repositories",
    {{"REPOSITORY", "name"}, {"CHANGE", "change"}, {"ENTRIES", "entries"}, {"REFUSED", "refused"}});
}

int run(const retention_command& command, std::FILE* out) {
  const auto path = path_to(command);
  remote_registry registry{command.where};
  const auto answer = registry.ask(verb::post, path, {}, run_patience).body;
  print(answer, command.json, out, [&] { return render(command.action, answer); });
  return 0;
}

} // namespace gantry::app
