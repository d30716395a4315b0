#include "app/webhook_commands.hpp"

#include "app/remote_answers.hpp"
#include "base/text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace gantry::app {

namespace {

using boost::beast::http::verb;

constexpr std::string_view webhooks_path = "/__gantry/v1/webhooks";

std::string shown_member(const boost::json::object& from, std::string_view member) {
  const auto* value = from.if_contains(member);
  if (!value)
    return "-";
  return value->is_string() ? boost::json::value_to<std::string>(*value)
                            : boost::json::serialize(*value);
}

/// `disabled`, `ok`, or what is wrong.
std::string condition_of(const boost::json::object& webhook) {
  if (webhook.at("disabled").as_bool())
    return "disabled";
  return webhook.contains("last_error") ? shown_member(webhook, "last_error") : "ok";
}

void check_name(const std::string& name) {
  const auto is_usual = [](char c) {
    return is_lower_or_digit(to_lower(c)) || c == '.' || c == '_' || c == '-';
  };
  if (!std::ranges::all_of(name, is_usual))
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
      row.push_back(shown_member(webhook, member));
    row.push_back(condition_of(webhook));
  }
  return render_table(rows);
}

std::string render_webhook_test(std::string_view answer) {
  const auto parsed = boost::json::parse(answer);
  const auto& tested = parsed.as_object();
  return shown_member(tested, "webhook") + " answered " + shown_member(tested, "status") +
         " after " + shown_member(tested, "duration_ms") + " ms\n";
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
