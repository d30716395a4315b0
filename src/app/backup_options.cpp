#include "app/backup_options.hpp"

#include "app/option_kinds.hpp"

namespace gantry::app {

namespace {

void add_copy(CLI::App& app, bool& copy) {
  add_flag(app, "--copy",
           "copy blobs even if they could be linked: damage of the disk then meets one of the two "
           "only",
           copy);
}

void fill_backup(CLI::App& app, backup_command& parsed) {
  add_text(app, "backup", parsed.to, "DIR",
           "the folder of the backup; created if absent, updated if it holds a backup")
    ->required();
  auto* config = add_text(app, "config", parsed.config, "FILE",
                          "the configuration file that names the folder of the registry");
  add_text(app, "--data", parsed.data, "DIR", "the folder of the registry")->excludes(config);
  add_copy(app, parsed.options.copy);
  app.final_callback([&parsed] {
    if (parsed.data.empty() && parsed.config.empty())
      throw CLI::ValidationError{"--data", "name the folder of the registry, or its "
                                           "configuration file"};
  });
}

void fill_restore(CLI::App& app, restore_command& parsed) {
  add_text(app, "backup", parsed.from, "DIR", "the folder of the backup")->required();
  add_text(app, "--data", parsed.data, "DIR", "the folder of the new registry: empty or absent")
    ->required();
  add_copy(app, parsed.options.copy);
}

} // namespace

void add_backup(CLI::App& app, backup_commands& parsed) {
  add_command(app, "backup", "back up a registry that is running or stopped", fill_backup,
              parsed.backing_up);
  add_command(app, "restore", "make the folder of a registry of a backup", fill_restore,
              parsed.restoring);
}

} // namespace gantry::app
