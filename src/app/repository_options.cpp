#include "app/repository_options.hpp"

#include "app/listing_options.hpp"
#include "app/option_kinds.hpp"
#include "app/remote_options.hpp"

namespace gantry::app {

namespace {

void fill_copy(CLI::App& app, repository_command& parsed) {
  parsed.action = repository_action::copy;
  add_text(app, "from", parsed.from, "FROM", "REPOSITORY:TAG, or REPOSITORY@DIGEST")->required();
  add_text(app, "to", parsed.to, "TO", "REPOSITORY:TAG, or a REPOSITORY for the same tag")
    ->required();
  add_remote(app, parsed.where, parsed.json);
  app.footer("Children, referrers and signatures go along; no bytes are moved.");
}

void fill_delete(CLI::App& app, repository_command& parsed) {
  parsed.action = repository_action::remove;
  add_text(app, "name", parsed.from, "REPOSITORY", "the repository")->required();
  add_flag(app, "--purge", "keep nothing of it, whatever the undo window is", parsed.purge);
  add_remote(app, parsed.where, parsed.json);
}

void fill_rename(CLI::App& app, repository_command& parsed) {
  parsed.action = repository_action::rename;
  add_text(app, "name", parsed.from, "REPOSITORY", "the repository")->required();
  add_text(app, "to", parsed.to, "NAME", "its new name")->required();
  add_remote(app, parsed.where, parsed.json);
}

void add_repository_actions(CLI::App& app, repository_command& parsed) {
  app.require_subcommand(1);
  add_command(app, "delete", "delete all tags and manifests of a repository", fill_delete, parsed);
  add_command(app, "rename", "give a repository another name", fill_rename, parsed);
}

} // namespace

void add_repositories(CLI::App& app, repository_command& parsed, listing_command& listed) {
  const auto add_actions = [&listed](CLI::App& group, repository_command& changed) {
    add_repository_list(group, listed);
    add_repository_actions(group, changed);
  };
  add_command(app, "copy", "copy an image within a running registry", fill_copy, parsed);
  add_command(app, "repository", "list, delete and rename repositories of a running registry",
              add_actions, parsed);
}

} // namespace gantry::app
