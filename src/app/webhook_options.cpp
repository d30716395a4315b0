#include "app/webhook_options.hpp"

#include "app/option_kinds.hpp"
#include "app/remote_options.hpp"

namespace gantry::app {

namespace {

void fill_webhook_list(CLI::App& app, webhook_command& parsed) {
  parsed.action = webhook_action::list;
  add_remote(app, parsed.where, parsed.json);
}

void fill_webhook_test(CLI::App& app, webhook_command& parsed) {
  parsed.action = webhook_action::test;
  add_text(app, "name", parsed.name, "NAME", "the webhook, as the list shows it")->required();
  add_remote(app, parsed.where, parsed.json);
  app.footer("The exit status is 1 if the event is not accepted.");
}

void add_webhook_actions(CLI::App& app, webhook_command& parsed) {
  app.require_subcommand(1);
  add_command(app, "list", "list them, and how far each is", fill_webhook_list, parsed);
  add_command(app, "test", "have the registry send a test event now", fill_webhook_test, parsed);
}

} // namespace

void add_webhooks(CLI::App& app, webhook_command& parsed) {
  add_command(app, "webhook", "show and test the servers that a running registry tells of changes",
              add_webhook_actions, parsed);
}

} // namespace gantry::app
