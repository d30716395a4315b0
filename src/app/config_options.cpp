#include "app/config_options.hpp"

#include "app/option_kinds.hpp"

namespace gantry::app {

namespace {

void add_checked(CLI::App& app, std::string& checked) {
  add_text(app, "config", checked, "FILE", "the configuration file")->required();
}

} // namespace

void add_config(CLI::App& app, serve_arguments& shown, std::string& checked) {
  auto* config = app.add_subcommand("config", "check a configuration, or show what is in effect");
  config->require_subcommand(1);
  add_command(*config, "check", "check a configuration file, without starting anything",
              add_checked, checked);
  add_command(*config, "show", "print the settings that serve would use, and where each comes from",
              add_serve, shown);
}

} // namespace gantry::app
