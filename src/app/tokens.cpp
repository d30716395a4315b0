#include "app/tokens.hpp"

#include "app/edited_file.hpp"
#include "auth/htpasswd.hpp"
#include "auth/personal_token.hpp"
#include "base/timestamp.hpp"
#include "policy/grant_list.hpp"

#include <algorithm>
#include <stdexcept>

namespace gantry::app {

namespace {

using auth::personal_token;

/// In whole seconds, as the list shows it.
std::string date_of(personal_token::clock::time_point time) {
  return render_timestamp(time).substr(0, sizeof "2026-01-31T12:00:00" - 1) + "Z";
}

personal_token::clock::time_point now() {
  return std::chrono::floor<std::chrono::seconds>(personal_token::clock::now());
}

void create(const token_command& command, const edited_file& file, std::FILE* output) {
  if (const auto mistake = auth::mistake_in_user(command.user); !mistake.empty())
    throw std::runtime_error{mistake};
  auto made = auth::make_personal_token(command.user);
  made.known.note = command.note;
  made.known.made = now();
  if (command.lifetime.count() > 0)
    made.known.end = made.known.made + std::chrono::ceil<std::chrono::seconds>(command.lifetime);
  for (const auto& scope : command.scopes) {
    const auto read = policy::grant_list::parse(scope).to_string();
    made.known.scopes.append(made.known.scopes.empty() ? "" : " ").append(read);
  }
  file.write(auth::with_token(file.text(), made.known));
  std::fprintf(output, "%s\n", made.text.c_str());
}

void list(const edited_file& file, std::FILE* output) {
  file.demand();
  const auto read = auth::read_personal_tokens(file.text());
  for (const auto& each : read.tokens)
    std::fprintf(output, "%s  %s  made %s  %s  %s%s%s\n", each.id.c_str(), each.user.c_str(),
                 date_of(each.made).c_str(),
                 each.end ? ("ends " + date_of(*each.end)).c_str() : "never ends",
                 each.scopes.empty() ? "no limit" : each.scopes.c_str(),
                 each.note.empty() ? "" : "  ", each.note.c_str());
  for (const auto& line : read.complaints)
    std::fprintf(stderr, "gantry: %s\n", line.c_str());
}

void revoke(const token_command& command, const edited_file& file) {
  file.demand();
  const auto known = auth::read_personal_tokens(file.text()).tokens;
  if (std::ranges::find(known, command.id, &personal_token::id) == known.end())
    file.refuse("there is no token " + command.id + ": gantry token list shows all");
  file.write(auth::without_token(file.text(), command.id));
}

} // namespace

int run(const token_command& command, std::FILE* output) {
  const edited_file file{command.file};
  switch (command.action) {
  case token_action::create: create(command, file, output); break;
  case token_action::list: list(file, output); break;
  case token_action::revoke: revoke(command, file); break;
  }
  return 0;
}

} // namespace gantry::app
