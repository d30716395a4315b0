#include "app/token_options.hpp"

#include "app/option_kinds.hpp"
#include "policy/grant_list.hpp"

#include <string>

namespace gantry::app {

namespace {

void add_file(CLI::App& app, token_command& parsed) {
  add_text(app, "file", parsed.file, "FILE", "the file of personal access tokens")->required();
}

void fill_create(CLI::App& app, token_command& parsed) {
  parsed.action = token_action::create;
  add_file(app, parsed);
  add_text(app, "--user", parsed.user, "USER", "who the owner of the token is")->required();
  add_values(
    app, "--scope", "SCOPE",
    "what the token allows at most, such as 'repository:team/**:pull,push'; may be repeated",
    [&parsed](const std::string& text) {
      policy::grant_list::parse(text);
      parsed.scopes.push_back(text);
    })
    ->default_str("what its user may do");
  add_duration(app, "--expires", parsed.lifetime, "how long it counts; 0s is for ever",
               std::chrono::milliseconds{0});
  add_text(app, "--note", parsed.note, "TEXT", "what it is for, as the list shows it");
  app.footer("The token is printed once: the file keeps only a hash of it.");
}

void fill_token_list(CLI::App& app, token_command& parsed) {
  parsed.action = token_action::list;
  add_file(app, parsed);
}

void fill_revoke(CLI::App& app, token_command& parsed) {
  parsed.action = token_action::revoke;
  add_file(app, parsed);
  add_text(app, "id", parsed.id, "ID", "the number of the token, as the list shows it")->required();
}

void add_token_actions(CLI::App& app, token_command& parsed) {
  app.require_subcommand(1);
  add_command(app, "create", "make a token; makes the file if it is absent", fill_create, parsed);
  add_command(app, "list", "print the tokens, without their secrets", fill_token_list, parsed);
  add_command(app, "revoke", "end a token", fill_revoke, parsed);
}

} // namespace

void add_tokens(CLI::App& app, token_command& parsed) {
  add_command(app, "token", "manage personal access tokens, for robots", add_token_actions, parsed);
}

} // namespace gantry::app
