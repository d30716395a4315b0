#include "app/retention_options.hpp"

#include "app/option_kinds.hpp"
#include "app/remote_options.hpp"

namespace gantry::app {

namespace {

void fill_retention_plan(CLI::App& app, retention_command& parsed) {
  parsed.action = retention_action::plan;
  add_remote(app, parsed.where, parsed.json);
  app.footer("It changes nothing.");
}

void fill_retention_apply(CLI::App& app, retention_command& parsed) {
  parsed.action = retention_action::apply;
  add_text(app, "plan", parsed.id, "PLAN", "the id of the plan")->required();
  add_remote(app, parsed.where, parsed.json);
  app.footer("The exit status is 1, and nothing is removed, if the plan is no longer that of the "
             "rules and tags.");
}

void fill_retention_undo(CLI::App& app, retention_command& parsed) {
  parsed.action = retention_action::undo;
  add_text(app, "run", parsed.id, "RUN", "the id of the run, of which apply and the log tell")
    ->required();
  add_remote(app, parsed.where, parsed.json);
  app.footer("Manifests come back as long as --undo-window of the registry keeps them.");
}

void add_retention_actions(CLI::App& app, retention_command& parsed) {
  app.require_subcommand(1);
  add_command(app, "plan", "print which tags go, and by which rule", fill_retention_plan, parsed);
  add_command(app, "apply", "remove exactly the tags of a plan", fill_retention_apply, parsed);
  add_command(app, "undo", "bring back what a run has removed", fill_retention_undo, parsed);
}

} // namespace

void add_retention(CLI::App& app, retention_command& parsed) {
  add_command(app, "retention", "remove the tags that the rules of a running registry remove",
              add_retention_actions, parsed);
}

} // namespace gantry::app
