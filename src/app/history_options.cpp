#include "app/history_options.hpp"

#include "app/listing_options.hpp"
#include "app/option_kinds.hpp"
#include "app/remote_options.hpp"
#include "base/text.hpp"

#include <stdexcept>
#include <string>

namespace gantry::app {

namespace {

void add_image(CLI::App& app, history_command& parsed, const std::string& type,
               const std::string& description) {
  add_text(app, "image", parsed.image, type, description)->required();
}

void fill_show(CLI::App& app, history_command& parsed) {
  parsed.action = history_action::show;
  add_image(app, parsed, "NAME", "REPOSITORY:TAG, or a REPOSITORY with all of its tags");
  add_remote(app, parsed.where, parsed.json);
}

std::uint64_t read_entry(const std::string& text) {
  const auto number = whole_number(text);
  if (!number || *number == 0)
    throw std::invalid_argument{"'" + text + "' is not the number of an entry, such as 12"};
  return *number;
}

void fill_undo(CLI::App& app, history_command& parsed) {
  parsed.action = history_action::undo;
  add_image(app, parsed, "NAME", "REPOSITORY, or REPOSITORY:TAG with --to");
  add_value(app, "--entry", "NUMBER", "the change that this entry of the history belongs to",
            [&parsed](const std::string& text) { parsed.entry = read_entry(text); });
  add_text(app, "--to", parsed.to, "TIME",
           "what happened to the tag later, such as 2026-01-31T12:00:00Z");
  add_text(app, "--manifest", parsed.manifest, "DIGEST", "the deletion of this manifest");
  add_remote(app, parsed.where, parsed.json);
}

void fill_removed(CLI::App& app, history_command& parsed) {
  parsed.action = history_action::list_removed;
  add_image(app, parsed, "REPOSITORY", "the repository");
  add_remote(app, parsed.where, parsed.json);
}

void fill_purge(CLI::App& app, history_command& parsed) {
  parsed.action = history_action::purge;
  add_image(app, parsed, "NAME", "REPOSITORY@DIGEST");
  add_remote(app, parsed.where, parsed.json);
  app.footer(
    "Blobs that no other manifest of the repository needs can no longer be pulled from it; "
    "their bytes go with the next collections.");
}

void add_tag_actions(CLI::App& app, history_command& parsed) {
  app.require_subcommand(1);
  add_command(app, "history", "print what happened to a tag, the newest first", fill_show, parsed);
  add_command(app, "undo", "take changes back", fill_undo, parsed);
}

} // namespace

void add_history(CLI::App& app, history_command& parsed, listing_command& listed) {
  const auto add_actions = [&listed](CLI::App& group, history_command& changes) {
    add_tag_list(group, listed);
    add_tag_actions(group, changes);
  };
  add_command(app, "tag", "list the tags of a running registry, and undo what happened to them",
              add_actions, parsed);
  add_command(app, "removed", "list deleted manifests that a running registry keeps for a while",
              fill_removed, parsed);
  add_command(app, "purge", "delete a manifest of a running registry for good", fill_purge, parsed);
}

} // namespace gantry::app
