#include "app/user_options.hpp"

#include "app/option_kinds.hpp"

#include <string>

namespace gantry::app {

namespace {

constexpr config::bounds costs{4, 31};

void add_file(CLI::App& app, user_command& parsed) {
  add_text(app, "file", parsed.file, "FILE", "the htpasswd file")->required();
}

void add_user(CLI::App& app, user_command& parsed) {
  add_file(app, parsed);
  add_text(app, "user", parsed.user, "USER", "the name of the user")->required();
}

void add_cost(CLI::App& app, user_command& parsed) {
  add_count(app, "--cost", parsed.cost, "bcrypt's cost; each step doubles the time of a check",
            costs);
  app.footer("The password is read from stdin, as one line.");
}

void fill_add(CLI::App& app, user_command& parsed) {
  parsed.action = user_action::add;
  add_user(app, parsed);
  add_cost(app, parsed);
}

void fill_passwd(CLI::App& app, user_command& parsed) {
  parsed.action = user_action::change_password;
  add_user(app, parsed);
  add_cost(app, parsed);
}

void fill_remove(CLI::App& app, user_command& parsed) {
  parsed.action = user_action::remove;
  add_user(app, parsed);
}

void fill_user_list(CLI::App& app, user_command& parsed) {
  parsed.action = user_action::list;
  add_file(app, parsed);
}

void add_user_actions(CLI::App& app, user_command& parsed) {
  app.require_subcommand(1);
  add_command(app, "add", "add a user; makes the file if it is absent", fill_add, parsed);
  add_command(app, "passwd", "change the password of a user", fill_passwd, parsed);
  add_command(app, "remove", "remove a user", fill_remove, parsed);
  add_command(app, "list", "print the names of all users", fill_user_list, parsed);
}

} // namespace

void add_users(CLI::App& app, user_command& parsed) {
  add_command(app, "user", "manage the users of an htpasswd file", add_user_actions, parsed);
}

} // namespace gantry::app
