#include "app/webhook_commands.hpp"

#include "app/remote_answers.hpp"
#include "base/text.hpp"
#include "config/endpoints.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace gantry::app {

namespace {

using boost::beast::http::verb;

constexpr std::string_view webhooks_path = "/__gantry/v1/webhooks";

/// `disabled`, `ok`, or what is wrong.
std::string condition_of(const boost::json::object& webhook) {
  if (webhook.at("disabled").as_bool())
    return "disabled";
  return webhook.contains("last_error") ? cell(webhook, "last_error") : "ok";
}

void check_name(const std::string& name) {
  if (!std::ranges::all_of(name, config::is_in_name))
    throw std::invalid_argument{in_quotes(name) +
                                " is not the name of a webhook: gantry webhook list shows them"};
}

} // namespace

std::string render_webhooks(std::string_view answer) {
  const auto parsed = boost::json::parse(answer);
  std::vector<table_row> rows{{"NAME", "URL", "FORMAT", "PENDING", "FAILURES", "STATE"}};
  for (const auto& each : parsed.at("webhooks").as_array()) {
    const auto& webhook = each.as_object();
    auto& row = rows.emplace_back();
    for (const auto* member : {"name", "url", "format", "pending", "failures"})
      row.push_back(cell(webhook, member));
    row.push_back(condition_of(webhook));
  }
  return render_table(rows);
}

std::string render_webhook_test(std::string_view answer) {
  const auto parsed = boost::json::parse(answer);
  const auto& tested = parsed.as_object();
  return cell(tested, "webhook") + " answered " + cell(tested, "status") + " after " +
         cell(tested, "duration_ms") + " ms\n";
}

int run(const webhook_command& command, std::FILE* out) {
  const bool is_test = command.action == webhook_action::test;
  if (is_test)
    check_name(command.name);
  remote_registry registry{command.where};
  const auto answer =
    is_test ? registry.ask(verb::post, std::string{webhooks_path} + "/" + command.name + "/test")
            : registry.ask(verb::get, webhooks_path);
  print(answer.body, command.json, out,
        [&] { return is_test ? render_webhook_test(answer.body) : render_webhooks(answer.body); });
  return 0;
}

} // namespace gantry::app
